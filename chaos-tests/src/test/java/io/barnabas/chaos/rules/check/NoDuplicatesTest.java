package io.barnabas.chaos.rules.check;

import static io.barnabas.chaos.rules.check.JudgementAssert.assertJudgement;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import org.junit.jupiter.api.Test;

class NoDuplicatesTest {

    private final Script script = new Script();

    private JudgementAssert duplicates() {
        return assertJudgement(script.judge(new NoDuplicates()));
    }

    @Test
    void oneOffsetReadOftenIsNoDuplicate() {
        script.acked(11, 0).read(2, 0, 0, 11).read(3, 0, 0, 11).lastRead(0, 11);
        duplicates().passed();
    }

    @Test
    void aRetryThatIsStoredTwiceIsADuplicate() {
        script.acked(11, 0).timedOut(12).read(2, 0, 0, 11, 1, 12).read(3, 2, 2, 12);
        duplicates().brokenOnce("value 12", "once more at offset 2");
    }

    @Test
    void aProducerThatIsNotIdempotentMayRepeatItself() {
        script.acked(10, 0);
        script.call(1, new Call.Send(Script.P, 9, 1, 11, -1, Call.Acks.ALL, false), new Answer.Sent(1));
        script.read(2, 0, 0, 10, 1, 11, 2, 11);
        duplicates().passed();
    }
}
