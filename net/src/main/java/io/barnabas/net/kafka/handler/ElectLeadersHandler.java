package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.client.ReplicaChoice;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/** ElectLeaders (KIP-460): hands leads to the preferred replicas, or brings back partitions that lost their majority. */
public final class ElectLeadersHandler implements ApiHandler<ElectLeadersRequestData, ElectLeadersResponseData> {

    private static final int FIRST_VERSION_WITH_TYPE = 1;

    private final Broker broker;
    private final PreferredElection preferred;
    private final UncleanElection unclean;

    public ElectLeadersHandler(Broker broker) {
        this.broker = broker;
        this.preferred = new PreferredElection(broker);
        this.unclean = new UncleanElection(broker);
    }

    @Override
    public CompletionStage<ElectLeadersResponseData> handle(RequestContext context, ElectLeadersRequestData request) {
        boolean all = request.topicPartitions() == null;
        Set<TopicPartition> wanted = all ? all() : named(request);
        byte type =
                context.apiVersion() < FIRST_VERSION_WITH_TYPE ? ElectionType.PREFERRED.value : request.electionType();
        CompletableFuture<Map<TopicPartition, ApiError>> results;
        if (type == ElectionType.PREFERRED.value) {
            results = preferred.elect(context, wanted, request.timeoutMs());
        } else if (type == ElectionType.UNCLEAN.value) {
            results = unclean.elect(context, wanted, ReplicaChoice.of(request), request.timeoutMs());
        } else {
            return CompletableFuture.completedFuture(
                    new ElectLeadersResponseData().setErrorCode(Errors.INVALID_REQUEST.code()));
        }
        return results.thenApply(outcomes -> response(outcomes, all));
    }

    private static Set<TopicPartition> named(ElectLeadersRequestData request) {
        Set<TopicPartition> named = new LinkedHashSet<>();
        request.topicPartitions()
                .forEach(topic ->
                        topic.partitions().forEach(number -> named.add(new TopicPartition(topic.topic(), number))));
        return named;
    }

    private Set<TopicPartition> all() {
        Set<TopicPartition> all = new LinkedHashSet<>();
        Collection<TopicInfo> topics = broker.quorum().image().topics().values();
        topics.forEach(topic -> IntStream.range(0, topic.partitions().size())
                .forEach(number -> all.add(new TopicPartition(topic.name(), number))));
        return all;
    }

    /** Who asks for all partitions is told of those where there was something to do. */
    private static ElectLeadersResponseData response(Map<TopicPartition, ApiError> outcomes, boolean all) {
        Map<String, ReplicaElectionResult> topics = new TreeMap<>();
        outcomes.forEach((partition, outcome) -> {
            if (!all || outcome.error() != Errors.ELECTION_NOT_NEEDED) {
                topics.computeIfAbsent(partition.topic(), name -> new ReplicaElectionResult().setTopic(name))
                        .partitionResult()
                        .add(new PartitionResult()
                                .setPartitionId(partition.partition())
                                .setErrorCode(outcome.error().code())
                                .setErrorMessage(outcome.isFailure() ? outcome.messageWithFallback() : null));
            }
        });
        ElectLeadersResponseData response = new ElectLeadersResponseData();
        response.replicaElectionResults().addAll(topics.values());
        return response;
    }
}
