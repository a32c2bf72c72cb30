package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RecentBatchesTest {

    private static final UUID GROUP = UUID.randomUUID();

    @Test
    void aBatchOfAnotherTermIsNotFoundAtTheSameIndex() {
        RecentBatches recent = new RecentBatches(1_000);
        ByteBuffer truncated = ByteBuffer.allocate(10);
        recent.put(GROUP, 1, 7, truncated);
        assertThat(recent.get(GROUP, 1, 7)).isSameAs(truncated);
        assertThat(recent.get(GROUP, 2, 7)).isNull();
    }

    @Test
    void theOldestGoWhenTheBytesAreUsedUp() {
        RecentBatches recent = new RecentBatches(25);
        for (int index = 0; index < 3; index++) {
            recent.put(GROUP, 1, index, ByteBuffer.allocate(10));
        }
        assertThat(recent.get(GROUP, 1, 0)).isNull();
        assertThat(recent.get(GROUP, 1, 1)).isNotNull();
        assertThat(recent.get(GROUP, 1, 2)).isNotNull();
    }
}
