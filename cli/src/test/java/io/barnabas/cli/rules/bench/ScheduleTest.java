package io.barnabas.cli.rules.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    @Test
    void recordsAreDueAtTheRate() {
        Schedule schedule = new Schedule(1_000, 500);

        assertThat(schedule.isFlatOut()).isFalse();
        assertThat(schedule.timeOf(0)).isEqualTo(1_000);
        assertThat(schedule.timeOf(3)).isEqualTo(6_001_000);
    }

    @Test
    void nothingIsLostByRoundingOverManyRecords() {
        assertThat(new Schedule(0, 3).timeOf(3_000_000)).isEqualTo(1_000_000_000_000_000L);
    }

    @Test
    void sendersTakeTurns() {
        Schedule all = new Schedule(0, 1_000);

        assertThat(LongStream.range(0, 9).map(all::timeOf).toArray())
                .containsExactly(LongStream.range(0, 9)
                        .map(number -> all.share((int) (number % 3), 3).timeOf(number / 3))
                        .toArray());
    }

    @Test
    void withoutARateEverythingIsDueAtOnce() {
        Schedule schedule = new Schedule(7, -1);

        assertThat(schedule.isFlatOut()).isTrue();
        assertThat(schedule.timeOf(1_000)).isEqualTo(7);
        assertThat(schedule.share(2, 3)).isEqualTo(schedule);
    }
}
