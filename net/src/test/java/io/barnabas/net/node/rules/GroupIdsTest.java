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
            int partition = random.nextInt(1 + random.nextInt(1 << 20));
            int generation = random.nextInt(4096);
            UUID group = GroupIds.of(topic, partition, generation);
            assertThat(GroupIds.partition(group)).as("seed %d", seed).isEqualTo(partition);
            assertThat(GroupIds.belongs(group, topic)).as("seed %d", seed).isTrue();
            assertThat(GroupIds.belongs(group, other)).as("seed %d", seed).isFalse();
            assertThat(GroupIds.of(topic, partition, generation)).isEqualTo(group);
            assertThat(groups.add(group)).as("seed %d", seed).isTrue();
            assertThat(GroupIds.of(topic, partition, generation ^ 1)).isNotEqualTo(group);
            if (partition > 0) {
                assertThat(GroupIds.of(topic, partition - 1, generation))
                        .as("seed %d", seed)
                        .isNotEqualTo(group);
            }
        }
    }

    @Test
    void onlyTheLow32BitsCarryGenerationAndPartition() {
        UUID topic = UUID.fromString("01234567-89ab-cdef-0123-456789abcdef");
        assertThat(GroupIds.of(topic, 0, 0)).hasToString("01234567-89ab-cdef-0123-456700000000");
        assertThat(GroupIds.of(topic, 0xfffff, 0)).hasToString("01234567-89ab-cdef-0123-4567000fffff");
        assertThat(GroupIds.of(topic, 1, 0xabc)).hasToString("01234567-89ab-cdef-0123-4567abc00001");
        assertThatThrownBy(() -> GroupIds.of(topic, -1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GroupIds.of(topic, 1 << 20, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GroupIds.of(topic, 0, 4096)).isInstanceOf(IllegalArgumentException.class);
    }
}
