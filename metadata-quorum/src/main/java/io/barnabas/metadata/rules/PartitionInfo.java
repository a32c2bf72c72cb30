package io.barnabas.metadata.rules;

import java.util.List;
import java.util.Optional;

/**
 * One partition as the quorum knows it.
 *
 * @param partition its number within the topic, from 0
 * @param replicas node ids; the first is the preferred leader. During a reassignment the replicas wanted, followed by
 *     those that leave
 * @param leader the node that last reported itself elected, or {@link #NO_LEADER}
 * @param leaderEpoch the Raft term of that election, or -1 before the first
 * @param reassignment the change of replicas that goes on, if one does
 * @param recovery the last time it was brought back after it had lost its majority, if ever
 */
public record PartitionInfo(
        int partition,
        List<Integer> replicas,
        int leader,
        int leaderEpoch,
        Optional<Reassignment> reassignment,
        Optional<Recovery> recovery) {

    /** The leader of a partition that never had one. */
    public static final int NO_LEADER = -1;

    public PartitionInfo {
        replicas = List.copyOf(replicas);
    }

    /** A partition whose replicas are not being changed and never lost their majority. */
    public PartitionInfo(int partition, List<Integer> replicas, int leader, int leaderEpoch) {
        this(partition, replicas, leader, leaderEpoch, Optional.empty(), Optional.empty());
    }

    /** How many times it was brought back after it had lost its majority. */
    public int generation() {
        return recovery.map(Recovery::generation).orElse(0);
    }

    /** The replicas that it has, or shall have when its reassignment is done. */
    public List<Integer> wanted() {
        return reassignment.map(Reassignment::target).orElse(replicas);
    }

    /** Replicas that are being added. */
    public List<Integer> adding() {
        return reassignment
                .map(change -> change.target().stream()
                        .filter(id -> !change.original().contains(id))
                        .toList())
                .orElse(List.of());
    }

    /** Replicas that leave. */
    public List<Integer> removing() {
        return replicas.stream().filter(id -> !wanted().contains(id)).toList();
    }

    PartitionInfo withLeader(int newLeader, int newEpoch) {
        return new PartitionInfo(partition, replicas, newLeader, newEpoch, reassignment, recovery);
    }

    PartitionInfo withReplicas(List<Integer> newReplicas, Optional<Reassignment> change) {
        return new PartitionInfo(partition, newReplicas, leader, leaderEpoch, change, recovery);
    }

    PartitionInfo recoveredOn(int node) {
        List<Integer> givenUp = replicas.stream().filter(id -> id != node).toList();
        return new PartitionInfo(
                partition,
                List.of(node),
                NO_LEADER,
                leaderEpoch,
                Optional.empty(),
                Optional.of(new Recovery(generation() + 1, node, givenUp)));
    }
}
