package io.barnabas.net.kafka.handler;

import io.barnabas.log.PartitionReplica.Leadership;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.Broker;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** The cluster as clients are shown it. */
final class ClusterView {

    static final int NO_NODE = -1;

    private final Broker broker;
    private final MetadataImage image;

    /** The view of this moment. */
    ClusterView(Broker broker) {
        this.broker = broker;
        this.image = broker.quorum().image();
    }

    MetadataImage image() {
        return image;
    }

    List<NodeInfo> liveNodes() {
        return image.nodes().values().stream().filter(node -> !node.fenced()).toList();
    }

    /** Kafka's controller is the leader of the metadata quorum; any live node stands in for it, since all take commands. */
    int controller() {
        int leader = broker.quorum().status().leader();
        return isLive(leader)
                ? leader
                : liveNodes().stream().mapToInt(NodeInfo::id).findFirst().orElse(NO_NODE);
    }

    /**
     * One partition.
     *
     * @param error LEADER_NOT_AVAILABLE while nobody leads
     * @param leader the leader's node id, or -1
     * @param epoch the leader epoch, or -1
     * @param inSync the replicas that are alive, not still being added, and whose node has caught up since it started:
     *     with Raft a majority of them, not a list, decides what is committed
     * @param offline the replicas that are not
     */
    record PartitionView(Errors error, int leader, int epoch, List<Integer> inSync, List<Integer> offline) {}

    PartitionView partition(TopicInfo topic, PartitionInfo partition) {
        Leadership leadership = broker.leaderOf(topic.id(), partition.partition());
        List<Integer> live = partition.replicas().stream().filter(this::isLive).toList();
        List<Integer> offline =
                partition.replicas().stream().filter(id -> !live.contains(id)).toList();
        List<Integer> adding = partition.adding();
        List<Integer> inSync = live.stream()
                .filter(id -> id == leadership.leader() || (!adding.contains(id) && hasCaughtUp(id)))
                .toList();
        boolean led = isLive(leadership.leader());
        return new PartitionView(
                led ? Errors.NONE : Errors.LEADER_NOT_AVAILABLE,
                led ? leadership.leader() : NO_NODE,
                leadership.epoch(),
                inSync,
                offline);
    }

    /** Whether every partition of the topic has a leader that clients can reach. */
    boolean isLed(TopicInfo topic) {
        return topic.partitions().stream()
                .allMatch(partition -> partition(topic, partition).error() == Errors.NONE);
    }

    private boolean hasCaughtUp(int id) {
        return image.node(id).map(NodeInfo::caughtUp).orElse(false);
    }

    private boolean isLive(int id) {
        return image.node(id).map(node -> !node.fenced()).orElse(false);
    }
}
