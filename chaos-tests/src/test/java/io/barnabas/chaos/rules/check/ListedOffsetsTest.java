package io.barnabas.chaos.rules.check;

import static io.barnabas.chaos.rules.check.JudgementAssert.assertJudgement;
import static io.barnabas.chaos.rules.history.Call.ListOffsets.EARLIEST;
import static io.barnabas.chaos.rules.history.Call.ListOffsets.LATEST;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Records;
import org.junit.jupiter.api.Test;

class ListedOffsetsTest {

    private final Script script = new Script();

    private JudgementAssert listed() {
        return assertJudgement(script.judge(new ListedOffsets()));
    }

    /** Three records with timestamps 100, 300 and 200. */
    private void finallyThree() {
        Records three = new Records(new long[] {0, 1, 2}, new long[] {11, 12, 13}, new long[] {100, 300, 200});
        script.call(
                Script.LAST_READER,
                new Call.Poll(Script.P, 0, Call.Reading.FINAL),
                new Answer.Polled(1, 3, 0, 3, three));
    }

    private void three() {
        script.acked(11, 0).acked(12, 1).acked(13, 2);
    }

    private void answered(long timestamp, long offset, long told) {
        script.call(5, new Call.ListOffsets(Script.P, timestamp), new Answer.FoundOffset(offset, told));
    }

    @Test
    void rightAnswers() {
        script.listed(LATEST, 0).listed(EARLIEST, 0);
        answered(50, -1, -1);
        three();
        script.listed(LATEST, 3).listed(EARLIEST, 0);
        answered(0, 0, 100);
        answered(100, 0, 100);
        answered(101, 1, 300);
        answered(200, 1, -1);
        answered(301, -1, -1);
        finallyThree();
        listed().passed();
    }

    @Test
    void latestWhileASendIsUnderWayMayCountItOrNot() {
        long send = script.begin(1, script.send(11, -1, Call.Acks.ALL));
        script.listed(LATEST, 0).listed(LATEST, 1).ok(send, new Answer.Sent(0)).lastRead(0, 11);
        listed().passed();
    }

    @Test
    void latestBelowAnAcknowledgedRecord() {
        script.acked(11, 0).listed(LATEST, 0);
        listed().brokenOnce("latest offset of orders-0 was answered as 0", "known to reach to 1");
    }

    @Test
    void latestBelowAnEarlierAnswer() {
        script.timedOut(11).listed(LATEST, 1).listed(LATEST, 0);
        listed().brokenOnce("answered as 0", "known to reach to 1");
    }

    @Test
    void latestAboveTheEnd() {
        script.listed(LATEST, 3).acked(11, 0);
        listed().brokenOnce("latest offset 3", "stored below, at offset 0");
    }

    @Test
    void latestAboveTheFinalEnd() {
        script.acked(11, 0).listed(LATEST, 3).lastRead(0, 11);
        listed().brokenOnce("answered as 3", "the log ends below");
    }

    @Test
    void earliestMovesBack() {
        script.topic(false, true).acked(11, 0).acked(12, 1);
        script.listed(EARLIEST, 1).listed(EARLIEST, 0).lastReadTo(2, 1, 1, 12);
        listed().brokenOnce("earliest offset of orders-0 was answered as 0 after 1");
    }

    @Test
    void earliestAboveTheFinalLogStart() {
        script.topic(false, true).acked(11, 0).acked(12, 1).listed(EARLIEST, 1).lastRead(0, 11, 1, 12);
        listed().brokenOnce("earliest offset of orders-0 was answered as 1", "the log begins below");
    }

    @Test
    void earliestMovesWithoutRetention() {
        script.acked(11, 0).acked(12, 1).listed(EARLIEST, 1);
        listed().brokenOnce("answered as 1 though the topic is not trimmed");
    }

    @Test
    void anEarlierRecordIsAsYoung() {
        three();
        answered(150, 2, 200);
        finallyThree();
        listed().brokenOnce("asked for timestamp 150 and answered offset 2", "offset 1 has timestamp 300");
    }

    @Test
    void theRecordIsTooOld() {
        three();
        answered(150, 0, -1);
        finallyThree();
        listed().brokenOnce("answered offset 0", "the record there has timestamp 100");
    }

    @Test
    void theAnswerTellsAnotherTimestamp() {
        three();
        answered(150, 1, 299);
        finallyThree();
        listed().brokenOnce("the record there has timestamp 300, not 299");
    }

    @Test
    void aRecordThatIsThereIsNotFound() {
        three();
        answered(150, -1, -1);
        finallyThree();
        listed().brokenOnce("answered that there is none, but offset 1 has timestamp 300");
    }

    @Test
    void anAnswerBehindTheEnd() {
        three();
        answered(400, 7, 500);
        finallyThree();
        listed().brokenOnce("answered offset 7", "the log ends at 3");
    }

    @Test
    void withoutALastReadingAnswersByTimestampStayOpen() {
        three();
        answered(150, 1, 300);
        listed().undecided("1 answers by timestamp");
    }
}
