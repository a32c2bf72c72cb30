package io.barnabas.net.node.rules;

import java.util.UUID;

/**
 * Names of partitions' Raft groups: the topic's id with its low 32 bits replaced by the partition's number. Topic ids
 * are random and never reused, so 96 of their bits keep the groups of any two topics apart.
 */
public final class GroupIds {

    private static final long LOW_32_BITS = 0xFFFF_FFFFL;

    private GroupIds() {}

    /** The group of a partition. */
    public static UUID of(UUID topicId, int partition) {
        if (partition < 0) {
            throw new IllegalArgumentException("a partition's number is never negative: " + partition);
        }
        return new UUID(
                topicId.getMostSignificantBits(), (topicId.getLeastSignificantBits() & ~LOW_32_BITS) | partition);
    }

    /** The number of the partition that a group belongs to. */
    public static int partition(UUID groupId) {
        return (int) groupId.getLeastSignificantBits();
    }

    /** Whether a group is one of that topic's. */
    public static boolean belongs(UUID groupId, UUID topicId) {
        return groupId.getMostSignificantBits() == topicId.getMostSignificantBits()
                && (groupId.getLeastSignificantBits() & ~LOW_32_BITS)
                        == (topicId.getLeastSignificantBits() & ~LOW_32_BITS);
    }
}
