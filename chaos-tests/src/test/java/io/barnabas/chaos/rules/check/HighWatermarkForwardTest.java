package io.barnabas.chaos.rules.check;

import static io.barnabas.chaos.rules.check.JudgementAssert.assertJudgement;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import org.junit.jupiter.api.Test;

class HighWatermarkForwardTest {

    private final Script script = new Script();

    private JudgementAssert forward() {
        return assertJudgement(script.judge(new HighWatermarkForward()));
    }

    @Test
    void risesForEachReaderByItself() {
        script.acked(11, 0)
                .acked(12, 1)
                .read(2, 0, 0, 11, 1, 12)
                .read(3, 0, 0, 11)
                .follow(2, 2);
        script.lastRead(0, 11, 1, 12);
        forward().passed();
    }

    @Test
    void movesBack() {
        script.acked(11, 0).acked(12, 1).read(2, 0, 0, 11, 1, 12);
        script.polled(2, Call.Reading.SOUGHT, 0, 1, 1, 0, 0, 11);
        forward().brokenOnce("client 2 saw the high watermark of orders-0 move back from 2", "to 1");
    }

    @Test
    void theLogStartMovesBack() {
        script.topic(false, true).acked(11, 0).acked(12, 1);
        script.polled(2, Call.Reading.SOUGHT, 1, 2, 2, 1, 1, 12);
        script.polled(2, Call.Reading.SOUGHT, 0, 2, 2, 0, 0, 11, 1, 12);
        forward().brokenOnce("the log start of orders-0 move back from 1", "to 0");
    }

    @Test
    void aRecordAboveIt() {
        script.acked(11, 0).acked(12, 1);
        script.polled(2, Call.Reading.SOUGHT, 0, 2, 1, 0, 0, 11, 1, 12);
        forward().brokenOnce("got offset 1", "not below the high watermark 1");
    }

    @Test
    void somethingIsStoredBelowIt() {
        script.polled(2, Call.Reading.SOUGHT, 0, 0, 5, 0).acked(11, 4);
        forward().brokenOnce("saw high watermark 5", "value 11", "at offset 4");
    }

    @Test
    void whatWasUnderWayMayBeStoredBelowIt() {
        long send = script.begin(1, script.send(11, Call.Send.NO_KEY, Call.Acks.ALL));
        script.polled(2, Call.Reading.SOUGHT, 0, 0, 5, 0).ok(send, new Answer.Sent(4));
        forward().passed();
    }

    @Test
    void theLogEndsBelowIt() {
        script.acked(11, 0);
        script.polled(2, Call.Reading.SOUGHT, 0, 1, 3, 0, 0, 11).lastRead(0, 11);
        forward().brokenOnce("saw high watermark 3", "the log ends below");
    }
}
