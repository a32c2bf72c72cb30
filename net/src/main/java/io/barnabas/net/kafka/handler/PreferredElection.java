package io.barnabas.net.kafka.handler;

import io.barnabas.log.GroupMembers;
import io.barnabas.log.PartitionReplica;
import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.client.KafkaConnection;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/**
 * Hands the lead of partitions to their first replicas. Only a partition's leader can do so; for partitions that others
 * lead, this node asks them the same question, once.
 */
final class PreferredElection {

    /** What a node calls itself when it passes a request on; such a request is not passed on again. */
    private static final String PASSED_ON = "elections-of-node-";

    private static final short VERSION = 2;
    private static final int MAX_WAIT_MS = 30_000;
    private static final int MARGIN_MS = 2_000;
    private static final long POLL_MS = 10;

    private final Broker broker;

    PreferredElection(Broker broker) {
        this.broker = broker;
    }

    /** What became of each partition, once this node's metadata shows the new leaders; never fails. */
    CompletableFuture<Map<TopicPartition, ApiError>> elect(
            RequestContext context, Set<TopicPartition> wanted, int timeoutMs) {
        int waitMs = Math.clamp(timeoutMs, 1, MAX_WAIT_MS);
        Map<TopicPartition, ApiError> outcomes = new ConcurrentHashMap<>();
        Map<Integer, Set<TopicPartition>> elsewhere = new HashMap<>();
        List<CompletableFuture<?>> under = new ArrayList<>();
        for (TopicPartition id : wanted) {
            Optional<TopicInfo> topic = broker.quorum().image().topic(id.topic());
            if (topic.isEmpty()
                    || id.partition() < 0
                    || id.partition() >= topic.get().partitions().size()) {
                outcomes.put(id, new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION, "there is no partition " + id));
                continue;
            }
            PartitionInfo partition = topic.get().partitions().get(id.partition());
            int leader = broker.leaderOf(topic.get().id(), id.partition()).leader();
            int first = partition.wanted().getFirst();
            Optional<ApiError> obstacle = obstacle(first, leader);
            if (obstacle.isPresent()) {
                outcomes.put(id, obstacle.get());
            } else if (leader == broker.nodeId()) {
                under.add(handOver(topic.get(), id, first).thenAccept(outcome -> outcomes.put(id, outcome)));
            } else if (isPassedOn(context)) {
                outcomes.put(id, new ApiError(Errors.NOT_LEADER_OR_FOLLOWER, "node " + leader + " leads " + id));
            } else {
                elsewhere.computeIfAbsent(leader, node -> new HashSet<>()).add(id);
            }
        }
        elsewhere.forEach(
                (node, ids) -> under.add(passOn(context, node, ids, waitMs).thenAccept(outcomes::putAll)));
        return CompletableFuture.allOf(under.toArray(CompletableFuture[]::new))
                .thenCompose(done -> shown(outcomes, context.eventLoop(), waitMs))
                .thenApply(done -> outcomes);
    }

    private Optional<ApiError> obstacle(int preferred, int leader) {
        if (leader == preferred) {
            return Optional.of(new ApiError(Errors.ELECTION_NOT_NEEDED, "node " + leader + " leads already"));
        }
        boolean live = broker.quorum()
                .image()
                .node(preferred)
                .filter(node -> !node.fenced())
                .isPresent();
        if (!live || leader < 0) {
            return Optional.of(unavailable(live ? "nobody leads now" : "node " + preferred + " is not live"));
        }
        return Optional.empty();
    }

    private static ApiError unavailable(String reason) {
        return new ApiError(Errors.PREFERRED_LEADER_NOT_AVAILABLE, reason);
    }

    private CompletableFuture<ApiError> handOver(TopicInfo topic, TopicPartition id, int preferred) {
        Optional<PartitionReplica> replica = broker.replica(topic.id(), id.partition());
        Optional<GroupMembers> group =
                replica.flatMap(here -> broker.partitions().groups().members(here.groupId()));
        if (group.isEmpty() || !group.get().keepsUp(preferred)) {
            return CompletableFuture.completedFuture(
                    unavailable("node " + preferred + " is not up to date with " + id));
        }
        return broker.partitions()
                .groups()
                .transfer(replica.get().groupId(), preferred)
                .handle((done, error) -> error == null ? ApiError.NONE : unavailable(messageOf(error)));
    }

    private static boolean isPassedOn(RequestContext context) {
        return context.clientId() != null && context.clientId().startsWith(PASSED_ON);
    }

    private CompletableFuture<Map<TopicPartition, ApiError>> passOn(
            RequestContext context, int leader, Set<TopicPartition> ids, int waitMs) {
        Optional<Endpoint> endpoint = broker.quorum()
                .image()
                .node(leader)
                .filter(node -> !node.fenced())
                .map(node -> NodeEndpoints.of(node, context.listener()));
        if (endpoint.isEmpty()) {
            return CompletableFuture.completedFuture(
                    forAll(ids, unavailable("node " + leader + ", which leads, is not live")));
        }
        return CompletableFuture.supplyAsync(
                () -> ask(endpoint.get(), ids, waitMs),
                task -> Thread.ofVirtual().start(task));
    }

    private Map<TopicPartition, ApiError> ask(Endpoint endpoint, Set<TopicPartition> ids, int waitMs) {
        ElectLeadersRequestData request = new ElectLeadersRequestData().setTimeoutMs(waitMs);
        ids.forEach(id -> {
            TopicPartitions topic = request.topicPartitions().find(id.topic());
            if (topic == null) {
                topic = new TopicPartitions().setTopic(id.topic());
                request.topicPartitions().add(topic);
            }
            topic.partitions().add(id.partition());
        });
        Map<TopicPartition, ApiError> outcomes = forAll(ids, unavailable("the leader said nothing of it"));
        try (KafkaConnection connection = new KafkaConnection(
                endpoint.host(),
                endpoint.port(),
                PASSED_ON + broker.nodeId(),
                Duration.ofMillis((long) waitMs + MARGIN_MS))) {
            connection
                    .call(ApiKeys.ELECT_LEADERS, VERSION, request, ElectLeadersResponseData.class)
                    .replicaElectionResults()
                    .forEach(topic -> topic.partitionResult()
                            .forEach(result -> outcomes.put(
                                    new TopicPartition(topic.topic(), result.partitionId()),
                                    new ApiError(Errors.forCode(result.errorCode()), result.errorMessage()))));
            return outcomes;
        } catch (IOException e) {
            return forAll(ids, unavailable("the leader does not answer: " + e.getMessage()));
        }
    }

    private static Map<TopicPartition, ApiError> forAll(Collection<TopicPartition> ids, ApiError error) {
        Map<TopicPartition, ApiError> outcomes = new HashMap<>();
        ids.forEach(id -> outcomes.put(id, error));
        return outcomes;
    }

    /** Who asks for the leaders next shall be told the new ones. */
    private CompletableFuture<Void> shown(Map<TopicPartition, ApiError> outcomes, EventLoop timer, int waitMs) {
        List<TopicPartition> elected = outcomes.entrySet().stream()
                .filter(outcome -> outcome.getValue().isSuccess())
                .map(Map.Entry::getKey)
                .toList();
        CompletableFuture<Void> shown = new CompletableFuture<>();
        look(elected, timer, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMs / 2), shown);
        return shown;
    }

    private void look(
            List<TopicPartition> elected, EventLoop timer, long deadlineNanos, CompletableFuture<Void> shown) {
        List<TopicPartition> missing =
                elected.stream().filter(id -> !leadsAsPreferred(id)).toList();
        if (missing.isEmpty() || System.nanoTime() - deadlineNanos >= 0) {
            shown.complete(null);
        } else {
            timer.schedule(() -> look(missing, timer, deadlineNanos, shown), POLL_MS, TimeUnit.MILLISECONDS);
        }
    }

    private boolean leadsAsPreferred(TopicPartition id) {
        return broker.quorum()
                .image()
                .topic(id.topic())
                .filter(topic -> id.partition() < topic.partitions().size())
                .map(topic -> topic.partitions().get(id.partition()))
                .map(partition -> partition.leader() == partition.wanted().getFirst())
                .orElse(true);
    }

    private static String messageOf(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
