package io.barnabas.metadata.rules;

import java.util.List;

/**
 * One partition as the quorum knows it.
 *
 * @param partition its number within the topic, from 0
 * @param replicas node ids; the first is the preferred leader
 * @param leader the node that last reported itself elected, or {@link #NO_LEADER}
 * @param leaderEpoch the Raft term of that election, or -1 before the first
 */
public record PartitionInfo(int partition, List<Integer> replicas, int leader, int leaderEpoch) {

    /** The leader of a partition that never had one. */
    public static final int NO_LEADER = -1;

    public PartitionInfo {
        replicas = List.copyOf(replicas);
    }

    PartitionInfo withLeader(int newLeader, int newEpoch) {
        return new PartitionInfo(partition, replicas, newLeader, newEpoch);
    }
}
