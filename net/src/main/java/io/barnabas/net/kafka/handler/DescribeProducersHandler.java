package io.barnabas.net.kafka.handler;

import io.barnabas.log.PartitionReplica;
import io.barnabas.log.rules.ProducerEntry;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.protocol.Errors;

/**
 * DescribeProducers (KIP-664): the idempotent producers that this node's replica of a partition remembers. Any replica
 * answers for what is committed on it; clients ask the leader unless told otherwise.
 */
public final class DescribeProducersHandler
        implements ApiHandler<DescribeProducersRequestData, DescribeProducersResponseData> {

    /** What Kafka tells of a producer that never wrote in a transaction. */
    private static final int NONE = -1;

    private final Broker broker;

    public DescribeProducersHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public CompletionStage<DescribeProducersResponseData> handle(
            RequestContext context, DescribeProducersRequestData request) {
        DescribeProducersResponseData response = new DescribeProducersResponseData();
        for (TopicRequest topic : request.topics()) {
            TopicResponse described = new TopicResponse().setName(topic.name());
            response.topics().add(described);
            for (int partition : topic.partitionIndexes()) {
                described.partitions().add(describe(topic.name(), partition));
            }
        }
        return CompletableFuture.completedFuture(response);
    }

    private PartitionResponse describe(String name, int partition) {
        PartitionResponse response = new PartitionResponse().setPartitionIndex(partition);
        Optional<TopicInfo> topic = broker.quorum().image().topic(name);
        if (topic.isEmpty()
                || partition < 0
                || partition >= topic.get().partitions().size()) {
            return response.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                    .setErrorMessage("there is no partition " + name + "-" + partition);
        }
        Optional<PartitionReplica> replica = broker.replica(topic.get().id(), partition);
        if (replica.isEmpty()) {
            return response.setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code())
                    .setErrorMessage("node " + broker.nodeId() + " has no replica of " + name + "-" + partition);
        }
        replica.get().producers().forEach(producer -> response.activeProducers().add(state(producer)));
        return response;
    }

    private static ProducerState state(ProducerEntry producer) {
        return new ProducerState()
                .setProducerId(producer.producerId())
                .setProducerEpoch(producer.epoch())
                .setLastSequence(producer.last().lastSequence())
                .setLastTimestamp(producer.last().timestamp())
                .setCoordinatorEpoch(NONE)
                .setCurrentTxnStartOffset(NONE);
    }
}
