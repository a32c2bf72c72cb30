package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.QuorumStatus;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.DescribeQuorumResponseData.TopicData;
import org.apache.kafka.common.protocol.Errors;

/**
 * DescribeQuorum: the metadata quorum under the name Kafka gives its own. A node that does not lead knows the others'
 * progress as -1.
 */
public final class DescribeQuorumHandler implements ApiHandler<DescribeQuorumRequestData, DescribeQuorumResponseData> {

    private static final String METADATA_TOPIC = "__cluster_metadata";

    private final Broker broker;

    public DescribeQuorumHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public CompletionStage<DescribeQuorumResponseData> handle(
            RequestContext context, DescribeQuorumRequestData request) {
        DescribeQuorumResponseData response = new DescribeQuorumResponseData();
        for (DescribeQuorumRequestData.TopicData topic : request.topics()) {
            TopicData described = new TopicData().setTopicName(topic.topicName());
            response.topics().add(described);
            for (DescribeQuorumRequestData.PartitionData partition : topic.partitions()) {
                described.partitions().add(describe(topic.topicName(), partition.partitionIndex()));
            }
        }
        return CompletableFuture.completedFuture(response);
    }

    private PartitionData describe(String topic, int partition) {
        PartitionData data = new PartitionData().setPartitionIndex(partition);
        if (!METADATA_TOPIC.equals(topic) || partition != 0) {
            return data.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
        QuorumStatus status = broker.quorum().status();
        return data.setLeaderId(status.leader())
                .setLeaderEpoch(Math.toIntExact(status.term()))
                .setHighWatermark(status.highWatermark())
                .setCurrentVoters(states(status.voters()))
                .setObservers(states(status.observers()));
    }

    private static List<ReplicaState> states(List<QuorumStatus.Member> members) {
        return members.stream()
                .map(member -> new ReplicaState()
                        .setReplicaId(member.nodeId())
                        .setLogEndOffset(member.logEndIndex())
                        .setLastFetchTimestamp(member.lastFetchMs())
                        .setLastCaughtUpTimestamp(member.lastFetchMs()))
                .toList();
    }
}
