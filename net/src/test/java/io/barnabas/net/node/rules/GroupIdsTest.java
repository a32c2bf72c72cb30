package io.barnabas.net.node.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GroupIdsTest {

    private static final int RUNS = 20_000;

    @Test
    void packingKeepsThePartitionAndTellsTopicsApart() {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? new SplittableRandom().nextLong() : Long.parseLong(given);
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Set<UUID> groups = new HashSet<>();
        for (int run = 0; run < RUNS; run++) {
            UUID topic = new UUID(random.nextLong(), random.nextLong());
            UUID other = new UUID(random.nextLong(), random.nextLong());
            int partition = random.nextInt(1 + random.nextInt(Integer.MAX_VALUE));
            UUID group = GroupIds.of(topic, partition);
            assertThat(GroupIds.partition(group)).as("seed %d", seed).isEqualTo(partition);
            assertThat(GroupIds.belongs(group, topic)).as("seed %d", seed).isTrue();
            assertThat(GroupIds.belongs(group, other)).as("seed %d", seed).isFalse();
            assertThat(GroupIds.of(topic, partition)).isEqualTo(group);
            assertThat(groups.add(group)).as("seed %d", seed).isTrue();
            if (partition > 0) {
                assertThat(GroupIds.of(topic, partition - 1))
                        .as("seed %d", seed)
                        .isNotEqualTo(group);
            }
        }
    }

    @Test
    void onlyTheLow32BitsCarryThePartition() {
        UUID topic = UUID.fromString("01234567-89ab-cdef-0123-456789abcdef");
        assertThat(GroupIds.of(topic, 0)).hasToString("01234567-89ab-cdef-0123-456700000000");
        assertThat(GroupIds.of(topic, Integer.MAX_VALUE)).hasToString("01234567-89ab-cdef-0123-45677fffffff");
        assertThatThrownBy(() -> GroupIds.of(topic, -1)).isInstanceOf(IllegalArgumentException.class);
    }
}
