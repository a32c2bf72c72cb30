package io.barnabas.chaos.rules.check;

import static io.barnabas.chaos.rules.check.JudgementAssert.assertJudgement;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import org.junit.jupiter.api.Test;

class NothingLostTest {

    private final Script script = new Script();

    private JudgementAssert lost() {
        return assertJudgement(script.judge(new NothingLost()));
    }

    @Test
    void whatIsThereAtTheEndIsNotLost() {
        script.acked(11, 0).timedOut(12).failed(13).acked(14, 1).lastRead(0, 11, 1, 14);
        lost().passed();
    }

    @Test
    void aHoleInTheLogIsALoss() {
        script.acked(11, 0).acked(12, 1).acked(13, 2).lastRead(0, 11, 2, 13);
        lost().brokenOnce("orders-0", "lost value 12", "at offset 1", "it is missing");
    }

    @Test
    void aLogThatEndsTooEarlyIsALoss() {
        script.acked(11, 0).acked(12, 1).lastRead(0, 11);
        lost().brokenOnce("lost value 12", "the log ends before it");
    }

    @Test
    void anotherRecordAtTheOffsetIsALoss() {
        script.acked(11, 0).timedOut(12).lastRead(0, 12);
        lost().brokenOnce("lost value 11");
    }

    @Test
    void oneReplicaThatLacksTheRecordIsEnough() {
        script.acked(11, 0).acked(12, 1).lastRead(0, 11, 1, 12);
        script.polled(91, Call.Reading.FINAL, 0, 2, 2, 0, 0, 11);
        lost().brokenOnce("lost value 12", "client 91");
    }

    @Test
    void trimmedRecordsMayGoWhereRetentionIsDeclared() {
        script.topic(false, true).acked(11, 0).acked(12, 1).lastReadTo(2, 1, 1, 12);
        lost().passed();
    }

    @Test
    void aLogStartThatMovesWithoutRetentionIsALoss() {
        script.acked(11, 0).acked(12, 1).lastReadTo(2, 1, 1, 12);
        lost().brokenOnce("lost value 11", "the log begins at 1 though the topic is not trimmed");
    }

    @Test
    void aLaterRecordOfItsKeyMayReplaceItOnACompactedTopic() {
        script.topic(true, false).keyed(11, 7, 0).keyed(12, 7, 1).lastRead(1, 12);
        lost().passed();
    }

    @Test
    void theLastRecordOfAKeyMayNotGo() {
        script.topic(true, false)
                .keyed(11, 7, 0)
                .keyed(12, 7, 1)
                .keyed(13, 8, 2)
                .lastRead(2, 13);
        lost().brokenOnce("lost value 12");
    }

    @Test
    void keysMeanNothingWithoutCompaction() {
        script.keyed(11, 7, 0).keyed(12, 7, 1).lastRead(1, 12);
        lost().brokenOnce("lost value 11");
    }

    @Test
    void withoutALastReadingTheVerdictIsOpen() {
        script.acked(11, 0).read(2, 0, 0, 11);
        lost().undecided("orders-0", "1 acknowledged records", "nobody read");
    }

    @Test
    void aLastReadingThatStopsTooEarlyLeavesTheVerdictOpen() {
        script.acked(11, 0).acked(12, 1);
        script.polled(Script.LAST_READER, Call.Reading.FINAL, 0, 1, 2, 0, 0, 11);
        lost().undecided("1 acknowledged records", "ended its last reading at 1, the high watermark is 2");
    }

    @Test
    void aLastReadingThatBeginsTooLateLeavesTheVerdictOpen() {
        script.acked(11, 0).acked(12, 1);
        script.polled(Script.LAST_READER, Call.Reading.FINAL, 1, 2, 2, 0, 1, 12);
        lost().undecided("began its last reading at 1, the log begins at 0");
    }

    @Test
    void anAcknowledgementWithoutAnOffsetHasToBeSeenAnywhere() {
        script.call(1, script.send(11, Call.Send.NO_KEY, Call.Acks.ALL), new Answer.Sent(Answer.Sent.UNKNOWN_OFFSET));
        script.call(1, script.send(12, Call.Send.NO_KEY, Call.Acks.ALL), new Answer.Sent(Answer.Sent.UNKNOWN_OFFSET));
        script.lastRead(0, 12);
        lost().brokenOnce("lost value 11", "without an offset");
    }
}
