package io.barnabas.chaos.rules.check;

import static io.barnabas.chaos.rules.check.JudgementAssert.assertJudgement;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Records;
import org.junit.jupiter.api.Test;

class SameEverywhereTest {

    private final Script script = new Script();

    private JudgementAssert same() {
        return assertJudgement(script.judge(new SameEverywhere()));
    }

    @Test
    void manyReadersSeeTheSame() {
        script.acked(11, 0)
                .acked(12, 1)
                .read(2, 0, 0, 11, 1, 12)
                .read(3, 1, 1, 12)
                .lastRead(0, 11, 1, 12);
        same().passed();
    }

    @Test
    void twoValuesAtOneOffset() {
        script.acked(11, 0).timedOut(12).read(2, 0, 0, 11).read(3, 0, 0, 12);
        same().brokenOnce("orders-0 offset 0", "value 11", "value 12");
    }

    @Test
    void twoTimestampsAtOneOffset() {
        script.acked(11, 0).read(2, 0, 0, 11);
        Records other = new Records(new long[] {0}, new long[] {11}, new long[] {777});
        script.call(3, new Call.Poll(Script.P, 0, Call.Reading.SOUGHT), new Answer.Polled(2, 1, 0, 1, other));
        same().brokenOnce("offset 0", "timestamp 0 and with 777");
    }

    @Test
    void oneOffsetAcknowledgedToTwo() {
        script.acked(11, 0).acked(12, 0);
        same().brokenOnce("offset 0", "two acknowledged records, values 11 and 12");
    }
}
