package io.barnabas.metadata.rules.group;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Decides which member of a consumer group gets which partitions (KIP-848, server-side). The same input gives the same
 * output, whatever the order of its maps.
 */
public sealed interface Assignor permits UniformAssignor, RangeAssignor {

    /** All there are; the first serves groups whose members name none. */
    List<Assignor> ALL = List.of(new UniformAssignor(), new RangeAssignor());

    /**
     * A member to be assigned to.
     *
     * @param instanceId of a static member
     * @param topics ids of the topics it subscribes to
     * @param current what it was to have so far
     */
    record Subscriber(Optional<String> instanceId, Set<UUID> topics, Map<UUID, Set<Integer>> current) {}

    /** The name by which members ask for it. */
    String name();

    /**
     * Gives each partition that has a subscriber to exactly one of them.
     *
     * @param members by member id
     * @param partitionCounts of each topic that exists; subscriptions to others are passed over
     * @return partitions by member id, with an entry for each member
     */
    Map<String, Map<UUID, Set<Integer>>> assign(Map<String, Subscriber> members, Map<UUID, Integer> partitionCounts);

    /** The assignor of that name. */
    static Optional<Assignor> named(String name) {
        return ALL.stream().filter(assignor -> assignor.name().equals(name)).findFirst();
    }
}
