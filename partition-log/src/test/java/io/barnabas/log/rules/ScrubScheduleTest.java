package io.barnabas.log.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.rules.ScrubSchedule.Candidate;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScrubScheduleTest {

    private final ScrubSchedule schedule = new ScrubSchedule(1_000);

    @Test
    void theOldestIsFirstAndNoneBeforeItIsDue() {
        List<Candidate<String>> replicas =
                List.of(new Candidate<>("a", 8_950), new Candidate<>("b", 8_000), new Candidate<>("c", 8_900));

        assertThat(schedule.next(replicas, 8_999)).isEmpty();
        assertThat(schedule.waitMs(replicas, 8_999)).isEqualTo(1);
        assertThat(schedule.next(replicas, 9_000)).contains("b");
        assertThat(schedule.waitMs(replicas, 9_000)).isZero();
        assertThat(schedule.next(replicas, 20_000)).contains("b");
    }

    @Test
    void oneThatWasNeverReadIsBeforeAllOthers() {
        assertThat(schedule.next(List.of(new Candidate<>("a", 1), new Candidate<>("b", 0)), 50_000))
                .contains("b");
    }

    @Test
    void aClockThatWasSetBackPutsNothingOff() {
        assertThat(schedule.next(List.of(new Candidate<>("a", 1_000_000)), 5_000))
                .contains("a");
    }

    @Test
    void withoutReplicasTheWaitIsTheInterval() {
        assertThat(schedule.next(List.of(), 5_000)).isEmpty();
        assertThat(schedule.waitMs(List.of(), 5_000)).isEqualTo(1_000);
    }
}
