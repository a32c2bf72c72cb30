package io.barnabas.log;

import java.util.List;
import java.util.UUID;

/**
 * A replica to run.
 *
 * @param groupId the Raft group, the same on every replica
 * @param topic the topic's name
 * @param partition the partition's number
 * @param peers all replicas, this node's included; the first is the preferred leader
 * @param config the log's settings
 * @param joining whether the group lets this replica in later: it begins with no peers then, so that it neither votes
 *     nor stands for election before it is a member
 */
public record PartitionSpec(
        UUID groupId, String topic, int partition, List<Peer> peers, LogConfig config, boolean joining) {

    /** A replica that is a member of its group from the beginning. */
    public PartitionSpec(UUID groupId, String topic, int partition, List<Peer> peers, LogConfig config) {
        this(groupId, topic, partition, peers, config, false);
    }

    /** A replica's node id and the host:port of its partition Raft server. */
    public record Peer(int nodeId, String address) {}
}
