package io.barnabas.chaos.rules.check;

import static io.barnabas.chaos.rules.check.JudgementAssert.assertJudgement;

import org.junit.jupiter.api.Test;

class LeaderAcksKeptTest {

    private final Script script = new Script();

    private JudgementAssert kept() {
        return assertJudgement(script.judge(new LeaderAcksKept(20 * Script.MS)));
    }

    @Test
    void whatIsThereIsKept() {
        script.leaderAcked(11, 0).lastRead(0, 11);
        kept().passed();
    }

    @Test
    void aFaultSoonAfterMayTakeTheRecord() {
        script.leaderAcked(11, 0).passTime(10).fault(1).healed(1).lastRead();
        kept().passed();
    }

    @Test
    void aFaultThatNeverEndsMayTakeTheRecord() {
        script.fault(1).passTime(500).leaderAcked(11, 0).lastRead();
        kept().passed();
    }

    @Test
    void withoutAFaultNothingIsLost() {
        script.fault(1)
                .healed(1)
                .passTime(100)
                .leaderAcked(11, 0)
                .passTime(100)
                .fault(2)
                .healed(2)
                .lastRead();
        kept().brokenOnce("lost value 11", "no fault explains", "the log ends before it");
    }

    @Test
    void whatWasReadIsNeverLost() {
        script.leaderAcked(11, 0).read(2, 0, 0, 11).fault(1).healed(1).lastRead();
        kept().brokenOnce("lost value 11", "which was read");
    }

    @Test
    void aDeposedLeaderMayGiveAnOffsetThatAnotherRecordHas() {
        script.fault(1).leaderAcked(11, 0).acked(12, 0).healed(1).lastRead(0, 12);
        kept().passed();
        assertJudgement(script.judge(new SameEverywhere())).passed();
        assertJudgement(script.judge(new NothingLost())).passed();
    }

    @Test
    void theOneOfTwoThatWasReadHasTheOffset() {
        script.fault(1)
                .leaderAcked(11, 0)
                .leaderAcked(12, 0)
                .healed(1)
                .read(2, 0, 0, 12)
                .lastRead();
        kept().brokenOnce("lost value 12", "which was read");
    }

    @Test
    void oneOffsetForTwoRecordsNeedsAFault() {
        script.leaderAcked(11, 0).leaderAcked(12, 0).lastRead(0, 11);
        kept().brokenOnce("lost value 12", "another record has the offset");
    }
}
