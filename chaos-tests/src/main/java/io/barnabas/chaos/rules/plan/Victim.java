package io.barnabas.chaos.rules.plan;

/**
 * Whom a fault hits. Who leads is known only when it happens, so all but {@link Node} are looked for then; a draw is a
 * number that chooses among those that are found, by its remainder.
 */
public sealed interface Victim {

    /** The node of this id. */
    record Node(int id) implements Victim {}

    /** The leader of a partition. */
    record Leader(int draw) implements Victim {}

    /** A node that has a replica of a partition and does not lead it. */
    record Follower(int draw) implements Victim {}

    /** The leader of the metadata quorum. */
    record MetadataLeader() implements Victim {}

    /** The coordinator of a consumer group. */
    record Coordinator(int draw) implements Victim {}

    /** Successive nodes, one more than half. */
    record Majority(int draw) implements Victim {}

    /** All nodes. */
    record Everyone() implements Victim {}

    /** How many nodes of a cluster of {@code nodes} it is. */
    default int count(int nodes) {
        return switch (this) {
            case Node node -> 1;
            case Leader leader -> 1;
            case Follower follower -> 1;
            case MetadataLeader leader -> 1;
            case Coordinator coordinator -> 1;
            case Majority majority -> nodes / 2 + 1;
            case Everyone everyone -> nodes;
        };
    }
}
