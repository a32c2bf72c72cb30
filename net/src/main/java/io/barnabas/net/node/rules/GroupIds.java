package io.barnabas.net.node.rules;

import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.Recovery;
import java.util.UUID;

/**
 * Names of partitions' Raft groups: the topic's id with its low 32 bits replaced by the partition's generation (12 bits)
 * and number (20 bits). Topic ids are random and never reused, so 96 of their bits keep the groups of any two topics
 * apart. A partition gets another generation, and so another group, when it is brought back after it had lost its
 * majority.
 */
public final class GroupIds {

    private static final long LOW_32_BITS = 0xFFFF_FFFFL;
    private static final int PARTITION_BITS = 20;
    private static final int PARTITION_MASK = (1 << PARTITION_BITS) - 1;

    private GroupIds() {}

    /** The group of a partition. */
    public static UUID of(UUID topicId, PartitionInfo partition) {
        return of(topicId, partition.partition(), partition.generation());
    }

    /** The group of a partition in one of its generations. */
    public static UUID of(UUID topicId, int partition, int generation) {
        if (partition < 0 || partition > PARTITION_MASK) {
            throw new IllegalArgumentException("no partition has the number " + partition);
        }
        if (generation < 0 || generation > Recovery.MAX_GENERATION) {
            throw new IllegalArgumentException("no partition has the generation " + generation);
        }
        long low = ((long) generation << PARTITION_BITS | partition) & LOW_32_BITS;
        return new UUID(topicId.getMostSignificantBits(), topicId.getLeastSignificantBits() & ~LOW_32_BITS | low);
    }

    /** The number of the partition that a group belongs to. */
    public static int partition(UUID groupId) {
        return (int) groupId.getLeastSignificantBits() & PARTITION_MASK;
    }

    /** Whether a group is one of that topic's. */
    public static boolean belongs(UUID groupId, UUID topicId) {
        return groupId.getMostSignificantBits() == topicId.getMostSignificantBits()
                && (groupId.getLeastSignificantBits() & ~LOW_32_BITS)
                        == (topicId.getLeastSignificantBits() & ~LOW_32_BITS);
    }
}
