package io.barnabas.chaos.rules.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.chaos.rules.Promises;
import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.Records;
import io.barnabas.chaos.rules.history.Result;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExaminationTest {

    private final Script script = new Script();

    private Report examine() {
        return script.examine(Promises.all(0, 1_000).toArray(Checker[]::new));
    }

    @Test
    void aGoodRunPassesInOneLine() {
        script.acked(11, 0).timedOut(12).failed(13).lastRead(0, 11, 1, 12);

        Report report = examine();

        assertThat(report.passed()).isTrue();
        assertThat(report.verdict())
                .isEqualTo("passed: 4 operations (1 failed, 1 unknown), 0 violations, 0 undecided, "
                        + "unavailable 0 times, median 0.0 ms, worst 0.0 ms");
    }

    @Test
    void aRunThatCannotBeJudgedDoesNotPass() {
        script.acked(11, 0);

        Report report = examine();

        assertThat(report.passed()).isFalse();
        assertThat(report.verdict()).startsWith("UNDECIDED");
    }

    @Test
    void aViolationIsProvedByTheSendAndByEveryReadNarrowedToTheRecord() {
        script.acked(11, 0).acked(12, 1).read(2, 0, 0, 11, 1, 12).lastRead(0, 11);

        Report report = examine();

        assertThat(report.verdict()).startsWith("FAILED");
        Violation lost = report.judgements().getFirst().violations().getFirst();
        assertThat(lost.place()).isEqualTo(Place.of(Script.P, 1, 12));
        assertThat(lost.proof()).hasSize(4);
        assertThat(lost.proof().get(1))
                .isInstanceOfSatisfying(
                        Event.Completion.class,
                        ack -> assertThat(ack.result()).isEqualTo(new Result.Ok(new Answer.Sent(1))));
        assertThat(lost.proof().get(3))
                .isInstanceOfSatisfying(
                        Event.Completion.class,
                        read -> assertThat(read.result())
                                .isEqualTo(new Result.Ok(new Answer.Polled(1, 2, 0, 2, Script.records(1, 12)))));
    }

    @Test
    void violationsAreCountedWithoutEndAndKeptWithOne() {
        int many = 3 * Findings.KEPT;
        for (int i = 0; i < many; i++) {
            script.acked(i + 1, i);
        }
        script.lastRead();

        Judgement lost = examine().judgements().getFirst();

        assertThat(lost.broken()).isEqualTo(many);
        assertThat(lost.violations()).hasSize(Findings.KEPT);
        assertThat(lost.checked()).isEqualTo(many);
    }

    @Test
    void offsetsThatNoLogReachesAreFindingsAndNotFailuresOfTheChecker() {
        script.acked(11, 0).acked(12, Long.MAX_VALUE - 1).lastRead(0, 11);
        script.call(
                2,
                new Call.Poll(Script.P, 0, Call.Reading.SOUGHT),
                new Answer.Polled(1, 1, 0, 1, new Records(new long[] {-5}, new long[] {11}, new long[] {0})));

        script.polled(3, Call.Reading.SOUGHT, 0, 1L << 60, 1, 0, 0, 11);

        assertThat(examine().judgements())
                .filteredOn(judgement -> !judgement.passed())
                .extracting(Judgement::promise)
                .contains(new NothingLost().promise(), new NothingSkipped().promise());
    }

    @Test
    void aValueSentTwiceIsAMistakeOfTheHarness() {
        script.acked(11, 0).acked(11, 1);

        assertThatThrownBy(this::examine).hasMessageContaining("value 11 is sent twice");
    }

    @Test
    void everyPromiseHasAName() {
        assertThat(Promises.all(0, 1_000).stream().map(Checker::promise).distinct())
                .hasSameSizeAs(Promises.all(0, 1_000));
        assertThat(List.copyOf(Promises.all(0, 1_000))).hasSize(12);
    }
}
