package io.barnabas.chaos.rules.check;

import static io.barnabas.chaos.rules.check.JudgementAssert.assertJudgement;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Result;
import org.junit.jupiter.api.Test;

class CommittedForwardTest {

    private static final Answer DONE = new Answer.Done();

    private final Script script = new Script();

    private JudgementAssert committed() {
        return assertJudgement(script.judge(new CommittedForward()));
    }

    private long commit(long offset) {
        return script.begin(4, new Call.Commit("billing", Script.P, offset));
    }

    private void commits(long offset) {
        script.ok(commit(offset), DONE);
    }

    private long question() {
        return script.begin(5, new Call.Committed("billing", Script.P));
    }

    private void answers(long question, long offset) {
        script.ok(question, new Answer.CommittedOffset(offset));
    }

    private void reads(long offset) {
        answers(question(), offset);
    }

    @Test
    void whatWasCommittedIsRead() {
        reads(-1);
        commits(10);
        reads(10);
        long open = commit(20);
        reads(10);
        reads(20);
        script.end(open, new Result.Unknown("TIMEOUT"));
        reads(20);
        committed().passed();
    }

    @Test
    void anAcknowledgedCommitIsForgotten() {
        commits(10);
        commits(20);
        reads(10);
        committed().brokenOnce("group billing on orders-0 moved back to 10 after 20 was committed");
    }

    @Test
    void theGroupIsForgotten() {
        commits(10);
        reads(-1);
        committed().brokenOnce("lost its committed offset after 10 was committed");
    }

    @Test
    void aReadMovesBackBehindAnother() {
        commits(10);
        long open = commit(20);
        reads(20);
        reads(10);
        script.end(open, new Result.Unknown("TIMEOUT"));
        committed().brokenOnce("moved back to 10 after 20 was read");
    }

    @Test
    void anOffsetAboveEverythingCommitted() {
        commits(10);
        reads(11);
        committed().brokenOnce("is at 11, which nobody committed; the highest commit is 10");
    }

    @Test
    void aFailedCommitIsRead() {
        commits(10);
        script.end(commit(20), new Result.Failed("ILLEGAL_GENERATION"));
        reads(20);
        committed().brokenOnce("is at 20, which nobody committed");
    }

    @Test
    void aReadThatOverlapsACommitMaySeeEither() {
        commits(10);
        long question = question();
        commits(20);
        answers(question, 10);
        reads(20);
        committed().passed();
    }

    @Test
    void aStepBackThatSomebodyWantsIsAllowed() {
        commits(20);
        commits(5);
        reads(5);
        commits(8);
        reads(8);
        committed().passed();
    }

    @Test
    void afterAStepBackItRisesAgain() {
        commits(20);
        commits(5);
        commits(30);
        reads(5);
        committed().brokenOnce("moved back to 5 after 30 was committed");
    }

    @Test
    void aCommitOfUnknownResultMayComeLater() {
        commits(20);
        script.end(commit(5), new Result.Unknown("TIMEOUT"));
        commits(30);
        reads(30);
        reads(5);
        reads(5);
        committed().passed();
    }

    @Test
    void aCommitOfUnknownResultExcusesItsOwnOffsetOnly() {
        commits(10);
        script.end(commit(5), new Result.Unknown("TIMEOUT"));
        commits(20);
        reads(10);
        committed().brokenOnce("moved back to 10 after 20 was committed");
    }

    @Test
    void twoCommitsUnderWayAreInNoOrder() {
        long high = commit(20);
        long low = commit(10);
        script.ok(high, DONE);
        script.ok(low, DONE);
        reads(10);
        committed().passed();
    }

    @Test
    void theLowerOfTwoCommitsUnderWayIsCertain() {
        commits(5);
        long low = commit(10);
        long high = commit(20);
        script.ok(high, DONE);
        script.ok(low, DONE);
        reads(5);
        committed().brokenOnce("moved back to 5 after 10 was committed");
    }

    @Test
    void anEarlierCommitStillUnderWayMayComeAfterALaterOne() {
        long low = commit(10);
        commits(20);
        reads(20);
        reads(10);
        script.ok(low, DONE);
        committed().passed();
    }
}
