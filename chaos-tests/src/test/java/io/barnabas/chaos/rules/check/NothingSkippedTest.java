package io.barnabas.chaos.rules.check;

import static io.barnabas.chaos.rules.check.JudgementAssert.assertJudgement;

import io.barnabas.chaos.rules.history.Call;
import org.junit.jupiter.api.Test;

class NothingSkippedTest {

    private final Script script = new Script();

    private JudgementAssert skipped() {
        return assertJudgement(script.judge(new NothingSkipped()));
    }

    @Test
    void aReaderFollowsAndSeeksAsItIsTold() {
        script.acked(11, 0).acked(12, 1).acked(13, 2);
        script.read(2, 0, 0, 11).follow(2, 1).follow(2, 1, 1, 12, 2, 13).read(2, 1, 1, 12);
        skipped().passed();
    }

    @Test
    void anOffsetThatHoldsNothingMayBePassed() {
        script.acked(11, 0).acked(12, 2).read(2, 0, 0, 11, 2, 12);
        skipped().passed();
    }

    @Test
    void aRecordLeftOutWithinAPoll() {
        script.acked(11, 0).acked(12, 1).acked(13, 2).read(2, 0, 0, 11, 2, 13);
        skipped().brokenOnce("client 2 passed over offset 1 of orders-0", "value 12");
    }

    @Test
    void aRecordLeftOutBetweenPolls() {
        script.acked(11, 0).acked(12, 1).acked(13, 2).read(2, 0, 0, 11).follow(2, 2, 2, 13);
        skipped().brokenOnce("client 2 passed over offset 1", "value 12");
    }

    @Test
    void aRecordLeftOutByThePositionAfterAPoll() {
        script.acked(11, 0).acked(12, 1);
        script.polled(2, Call.Reading.SOUGHT, 0, 2, 2, 0, 0, 11);
        skipped().brokenOnce("passed over offset 1");
    }

    @Test
    void aRecordThatOnlyAnotherReaderSaw() {
        script.timedOut(11).timedOut(12).read(2, 1, 1, 12).read(3, 0, 0, 11).read(2, 0, 1, 12);
        skipped().brokenOnce("client 2 passed over offset 0", "value 11");
    }

    @Test
    void aReaderThatGoesBackOnItsOwn() {
        script.acked(11, 0).acked(12, 1).read(2, 0, 0, 11, 1, 12).follow(2, 0, 0, 11, 1, 12);
        skipped().brokenOnce("client 2 went back from 2 to 0");
    }

    @Test
    void aRecordBelowThePosition() {
        script.acked(11, 0).acked(12, 1).read(2, 0, 0, 11).follow(2, 1, 0, 11, 1, 12);
        skipped().brokenOnce("client 2 got offset 0 where it was at 1");
    }

    @Test
    void trimmedAndCompactedRecordsMayBePassed() {
        script.topic(true, true).keyed(11, 7, 0).keyed(12, 7, 1).keyed(13, 7, 2).keyed(14, 8, 3);
        script.read(3, 0, 0, 11, 1, 12, 2, 13, 3, 14);
        script.polled(2, Call.Reading.SOUGHT, 0, 4, 4, 1, 2, 13, 3, 14);
        skipped().passed();
    }

    @Test
    void theLastRecordOfAKeyMayNotBePassed() {
        script.topic(true, false).keyed(11, 7, 0).keyed(12, 8, 1).read(2, 0, 1, 12);
        skipped().brokenOnce("passed over offset 0");
    }

    @Test
    void whatALeaderAloneAcknowledgedMayBeGone() {
        script.fault(1).leaderAcked(11, 0).healed(1).acked(12, 1).read(2, 0, 1, 12);
        skipped().passed();
    }
}
