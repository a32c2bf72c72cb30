package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.QuorumStatus;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Listener;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ListenerCollection;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Node;
import org.apache.kafka.common.message.DescribeQuorumResponseData.NodeCollection;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.DescribeQuorumResponseData.TopicData;
import org.apache.kafka.common.protocol.Errors;

/**
 * DescribeQuorum: the metadata quorum under the name Kafka gives its own. A node that does not lead knows the others'
 * progress as -1.
 */
public final class DescribeQuorumHandler implements ApiHandler<DescribeQuorumRequestData, DescribeQuorumResponseData> {

    private static final String METADATA_TOPIC = Topic.CLUSTER_METADATA_TOPIC_NAME;
    private static final String RAFT_LISTENER = "RAFT";
    private static final int FIRST_VERSION_WITH_NODES = 2;
    private static final long UNKNOWN = -1;

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
        if (context.apiVersion() >= FIRST_VERSION_WITH_NODES) {
            response.setNodes(nodes());
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
                .setCurrentVoters(states(status, status.voters()))
                .setObservers(states(status, status.observers()));
    }

    /** A member that has all that is committed is caught up; since when one that lags was so is not known. */
    private static List<ReplicaState> states(QuorumStatus status, List<QuorumStatus.Member> members) {
        return members.stream()
                .map(member -> new ReplicaState()
                        .setReplicaId(member.nodeId())
                        .setLogEndOffset(member.logEndIndex())
                        .setLastFetchTimestamp(member.lastFetchMs())
                        .setLastCaughtUpTimestamp(
                                member.logEndIndex() >= status.highWatermark() ? member.lastFetchMs() : UNKNOWN))
                .toList();
    }

    /** Where the members' Raft servers listen (KIP-853). */
    private NodeCollection nodes() {
        QuorumStatus status = broker.quorum().status();
        MetadataImage image = broker.quorum().image();
        NodeCollection nodes = new NodeCollection();
        Stream.concat(status.voters().stream(), status.observers().stream())
                .flatMap(member -> image.node(member.nodeId()).stream())
                .forEach(member -> nodes.add(node(member)));
        return nodes;
    }

    private static Node node(NodeInfo member) {
        String address = member.metadataAddress();
        int colon = address.lastIndexOf(':');
        ListenerCollection listeners = new ListenerCollection();
        listeners.add(new Listener()
                .setName(RAFT_LISTENER)
                .setHost(address.substring(0, colon))
                .setPort(Integer.parseInt(address.substring(colon + 1))));
        return new Node().setNodeId(member.id()).setListeners(listeners);
    }
}
