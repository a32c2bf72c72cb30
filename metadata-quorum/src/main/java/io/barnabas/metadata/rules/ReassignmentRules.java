package io.barnabas.metadata.rules;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What the commands that change a partition's replicas do to an image (KIP-455). The image says what is wanted; the partition's leader
 * changes its Raft group accordingly and reports when it is done. Until then the partition keeps every replica that may
 * be a member of its group, so that no node drops one too early; a cancelled reassignment therefore goes on, back to the
 * replicas it came from.
 */
final class ReassignmentRules {

    private ReassignmentRules() {}

    static Outcome reassign(MetadataImage image, MetadataCommand.ReassignPartition command, long index) {
        Optional<PartitionInfo> found = find(image, command.topicId(), command.partition());
        if (found.isEmpty()) {
            return unknown(command.topicId(), command.partition());
        }
        PartitionInfo partition = found.get();
        List<Integer> target = command.target();
        Optional<Outcome> flaw = flaw(image, target);
        if (flaw.isPresent()) {
            return flaw.get();
        }
        List<Integer> original = original(partition);
        if (!command.mayChangeReplicationFactor() && target.size() != original.size()) {
            return new Outcome.Refused(
                    Refusal.INVALID_REPLICATION_FACTOR,
                    "the partition has " + original.size() + " replicas, not " + target.size());
        }
        return changed(image, command.topicId(), heading(partition, original, target, index));
    }

    static Outcome cancel(MetadataImage image, MetadataCommand.CancelReassignment command, long index) {
        Optional<PartitionInfo> found = find(image, command.topicId(), command.partition());
        if (found.isEmpty()) {
            return unknown(command.topicId(), command.partition());
        }
        PartitionInfo partition = found.get();
        if (partition.reassignment().isEmpty()) {
            return new Outcome.Refused(
                    Refusal.NO_REASSIGNMENT_IN_PROGRESS, "the replicas of the partition are not being changed");
        }
        List<Integer> original = original(partition);
        return changed(image, command.topicId(), heading(partition, original, original, index));
    }

    static Outcome finished(MetadataImage image, MetadataCommand.ReassignmentsFinished command) {
        MetadataImage next = image;
        for (MetadataCommand.FinishedReassignment report : command.finished()) {
            Optional<PartitionInfo> partition = find(next, report.topicId(), report.partition());
            Optional<Reassignment> change = partition.flatMap(PartitionInfo::reassignment);
            if (change.isPresent() && change.get().since() == report.since()) {
                next = with(
                        next,
                        report.topicId(),
                        partition.get().withReplicas(change.get().target(), Optional.empty()));
            }
        }
        return new Outcome.Changed(next, new CommandReply.Done());
    }

    static Outcome recover(MetadataImage image, MetadataCommand.RecoverPartition command) {
        Optional<PartitionInfo> found = find(image, command.topicId(), command.partition());
        if (found.isEmpty()) {
            return unknown(command.topicId(), command.partition());
        }
        PartitionInfo partition = found.get();
        if (!partition.replicas().contains(command.node()) || !isLive(image, command.node())) {
            return new Outcome.Refused(
                    Refusal.ELIGIBLE_LEADERS_NOT_AVAILABLE,
                    "node " + command.node() + " is not live or has no replica; the replicas are "
                            + partition.replicas());
        }
        if (hasMajority(image, original(partition)) && hasMajority(image, partition.wanted())) {
            return new Outcome.Refused(
                    Refusal.ELECTION_NOT_NEEDED,
                    "a majority of the replicas " + partition.replicas()
                            + " is live, or was until lately; the partition comes back by itself");
        }
        if (partition.generation() == Recovery.MAX_GENERATION) {
            return new Outcome.Refused(
                    Refusal.INVALID_REQUEST, "the partition was brought back too often; make the topic anew");
        }
        return changed(image, command.topicId(), partition.recoveredOn(command.node()));
    }

    private static boolean hasMajority(MetadataImage image, List<Integer> replicas) {
        return replicas.stream().filter(id -> isLive(image, id)).count() > replicas.size() / 2;
    }

    private static boolean isLive(MetadataImage image, int node) {
        return image.node(node).filter(known -> !known.fenced()).isPresent();
    }

    private static PartitionInfo heading(
            PartitionInfo partition, List<Integer> original, List<Integer> target, long index) {
        Set<Integer> wanted = new HashSet<>(target);
        if (partition.reassignment().isEmpty() && wanted.equals(new HashSet<>(original))) {
            // Another order of the same replicas names another preferred leader, and moves nothing.
            return partition.withReplicas(target, Optional.empty());
        }
        List<Integer> replicas = new ArrayList<>(target);
        partition.replicas().stream().filter(id -> !wanted.contains(id)).forEach(replicas::add);
        return partition.withReplicas(replicas, Optional.of(new Reassignment(original, target, index)));
    }

    private static List<Integer> original(PartitionInfo partition) {
        return partition.reassignment().map(Reassignment::original).orElse(partition.replicas());
    }

    private static Optional<Outcome> flaw(MetadataImage image, List<Integer> target) {
        if (target.isEmpty() || new HashSet<>(target).size() != target.size()) {
            return Optional.of(new Outcome.Refused(
                    Refusal.INVALID_REPLICA_ASSIGNMENT, "replicas " + target + " are empty or name a node twice"));
        }
        return target.stream()
                .filter(id -> image.node(id).isEmpty())
                .findFirst()
                .map(id ->
                        new Outcome.Refused(Refusal.INVALID_REPLICA_ASSIGNMENT, "node " + id + " is not registered"));
    }

    private static Outcome unknown(UUID topicId, int partition) {
        return new Outcome.Refused(Refusal.UNKNOWN_TOPIC, "no topic " + topicId + " has a partition " + partition);
    }

    private static Optional<PartitionInfo> find(MetadataImage image, UUID topicId, int partition) {
        return image.topic(topicId)
                .filter(topic ->
                        partition >= 0 && partition < topic.partitions().size())
                .map(topic -> topic.partitions().get(partition));
    }

    private static Outcome changed(MetadataImage image, UUID topicId, PartitionInfo partition) {
        return new Outcome.Changed(with(image, topicId, partition), new CommandReply.Done());
    }

    private static MetadataImage with(MetadataImage image, UUID topicId, PartitionInfo partition) {
        return image.withTopic(image.topic(topicId).orElseThrow().withPartition(partition));
    }
}
