package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.client.KafkaConnection;
import io.barnabas.net.client.ReplicaCondition;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopicCollection;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/**
 * Brings partitions back that have lost the majority of their replicas, each from one replica alone. Raft elects nobody
 * then, for the others may have acknowledged more than this one holds; that is what it costs.
 */
final class UncleanElection {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Broker broker;
    private final Proposals proposals;
    private final TopicReadiness readiness;

    UncleanElection(Broker broker) {
        this.broker = broker;
        this.proposals = new Proposals(broker);
        this.readiness = new TopicReadiness(broker);
    }

    /**
     * What became of each partition; never fails.
     *
     * @param chosen the node whose replica goes on; empty for the live one with the longest log
     */
    CompletableFuture<Map<TopicPartition, ApiError>> elect(
            RequestContext context, Set<TopicPartition> wanted, OptionalInt chosen, int timeoutMs) {
        Map<TopicPartition, ApiError> outcomes = new ConcurrentHashMap<>();
        return CompletableFuture.allOf(wanted.stream()
                        .map(id ->
                                elect(context, id, chosen, timeoutMs).thenAccept(outcome -> outcomes.put(id, outcome)))
                        .toArray(CompletableFuture[]::new))
                .thenApply(done -> outcomes);
    }

    private CompletableFuture<ApiError> elect(
            RequestContext context, TopicPartition id, OptionalInt chosen, int timeoutMs) {
        MetadataImage image = broker.quorum().image();
        Optional<TopicInfo> topic = image.topic(id.topic());
        if (topic.isEmpty()
                || id.partition() < 0
                || id.partition() >= topic.get().partitions().size()) {
            return done(Errors.UNKNOWN_TOPIC_OR_PARTITION, "there is no partition " + id);
        }
        PartitionInfo partition = topic.get().partitions().get(id.partition());
        List<NodeInfo> live = partition.replicas().stream()
                .flatMap(node -> image.node(node).stream())
                .filter(node -> !node.fenced())
                .toList();
        if (live.isEmpty()) {
            return done(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE, "no replica of " + id + " is live");
        }
        int any = live.getFirst().id();
        // Refused for any of them, or for none: most partitions need no such thing, and nobody is asked about them.
        if (proposals.rehearse(recover(topic.get(), id, chosen.orElse(any)))
                instanceof Proposals.Answer.Failed failed) {
            return done(failed.error(), failed.message());
        }
        CompletableFuture<OptionalInt> choice = chosen.isPresent()
                ? CompletableFuture.completedFuture(chosen)
                : CompletableFuture.supplyAsync(
                        () -> longest(context, live, id),
                        task -> Thread.ofVirtual().start(task));
        return choice.thenCompose(node -> node.isEmpty()
                ? done(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE, "no live replica of " + id + " is well")
                : bringBack(context, topic.get(), id, node.getAsInt(), timeoutMs));
    }

    private CompletableFuture<ApiError> bringBack(
            RequestContext context, TopicInfo topic, TopicPartition id, int node, int timeoutMs) {
        return proposals
                .propose(recover(topic, id, node))
                .thenComposeAsync(
                        answer -> answer instanceof Proposals.Answer.Failed failed
                                ? done(failed.error(), failed.message())
                                : readiness
                                        .await(id.topic(), context.eventLoop(), timeoutMs)
                                        .thenApply(led -> ApiError.NONE),
                        context.eventLoop());
    }

    private static MetadataCommand recover(TopicInfo topic, TopicPartition id, int node) {
        return new MetadataCommand.RecoverPartition(topic.id(), id.partition(), node);
    }

    private static CompletableFuture<ApiError> done(Errors error, String message) {
        return CompletableFuture.completedFuture(new ApiError(error, message));
    }

    /** Of the replicas that are well, the one that holds all that the others may have committed. */
    private static OptionalInt longest(RequestContext context, List<NodeInfo> nodes, TopicPartition id) {
        Map<Integer, ReplicaCondition.End> ends = new HashMap<>();
        nodes.forEach(node -> condition(NodeEndpoints.of(node, context.listener()), id)
                .filter(condition -> condition.failure().isEmpty())
                .ifPresent(condition -> ends.put(node.id(), condition.end().orElse(new ReplicaCondition.End(-1, 0)))));
        return ends.entrySet().stream()
                .max(Map.Entry.<Integer, ReplicaCondition.End>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(longest -> OptionalInt.of(longest.getKey()))
                .orElse(OptionalInt.empty());
    }

    private static Optional<ReplicaCondition> condition(Endpoint endpoint, TopicPartition id) {
        DescribeLogDirsRequestData request = new DescribeLogDirsRequestData()
                .setTopics(new DescribableLogDirTopicCollection(List.of(new DescribableLogDirTopic()
                                .setTopic(id.topic())
                                .setPartitions(List.of(id.partition())))
                        .iterator()));
        try (KafkaConnection connection =
                new KafkaConnection(endpoint.host(), endpoint.port(), "unclean-election", TIMEOUT)) {
            return connection
                    .call(
                            ApiKeys.DESCRIBE_LOG_DIRS,
                            ReplicaCondition.FIRST_VERSION,
                            request,
                            DescribeLogDirsResponseData.class)
                    .results()
                    .stream()
                    .flatMap(directory -> directory.topics().stream())
                    .flatMap(topic -> topic.partitions().stream())
                    .filter(partition -> !partition.isFutureKey())
                    .map(ReplicaCondition::of)
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
