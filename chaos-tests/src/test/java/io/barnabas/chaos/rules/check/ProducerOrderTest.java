package io.barnabas.chaos.rules.check;

import static io.barnabas.chaos.rules.check.JudgementAssert.assertJudgement;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Result;
import org.junit.jupiter.api.Test;

class ProducerOrderTest {

    private final Script script = new Script();

    private JudgementAssert order() {
        return assertJudgement(script.judge(new ProducerOrder()));
    }

    @Test
    void recordsOfSeveralSessionsInterleaveAndMayBeMissing() {
        send(1, 1, 11);
        send(2, 1, 21);
        send(1, 2, 12);
        send(1, 3, 13);
        script.read(2, 0, 0, 11, 1, 21, 2, 13);
        order().passed();
    }

    @Test
    void aLaterRecordBeforeAnEarlierOneIsDisorder() {
        send(1, 1, 11);
        send(1, 2, 12);
        send(1, 3, 13);
        script.read(2, 0, 0, 11, 1, 13, 2, 12);
        order().brokenOnce("value 12 (sequence 2 of session 1) at offset 2", "behind value 13 (sequence 3)");
    }

    @Test
    void acknowledgedOffsetsHaveToRiseThoughNobodyReads() {
        script.acked(11, 5).acked(12, 4);
        order().brokenOnce("value 11", "at offset 5", "behind value 12");
    }

    @Test
    void aProducerThatIsNotIdempotentMayReorder() {
        script.acked(10, 0);
        script.call(1, new Call.Send(Script.P, 9, 1, 11, -1, Call.Acks.ALL, false), new Answer.Sent(2));
        script.call(1, new Call.Send(Script.P, 9, 2, 12, -1, Call.Acks.ALL, false), new Answer.Sent(1));
        order().passed();
    }

    private void send(long session, long sequence, long value) {
        script.end(
                script.begin(1, new Call.Send(Script.P, session, sequence, value, -1, Call.Acks.ALL, true)),
                new Result.Unknown("TIMEOUT"));
    }
}
