package io.barnabas.chaos.rules.check;

import static io.barnabas.chaos.rules.check.JudgementAssert.assertJudgement;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Result;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class NoPhantomsTest {

    private final Script script = new Script();

    private JudgementAssert phantoms() {
        return assertJudgement(script.judge(new NoPhantoms()));
    }

    @Test
    void whatWasSentMayBeReadWhateverBecameOfTheSend() {
        long open = script.begin(1, script.send(13, Call.Send.NO_KEY, Call.Acks.ALL));
        script.acked(11, 0).timedOut(12).read(2, 0, 0, 11, 1, 12, 2, 13);
        script.end(open, new Result.Unknown("TIMEOUT"));
        phantoms().passed();
    }

    @Test
    void aValueThatNobodySentIsAPhantom() {
        script.acked(11, 0).read(2, 0, 0, 11, 1, 66);
        phantoms().brokenOnce("orders-0", "value 66 at offset 1", "which nobody sent");
    }

    @Test
    void aValueReadBeforeItWasSentIsAPhantom() {
        script.read(2, 0, 0, 11).acked(11, 0);
        phantoms().brokenOnce("value 11 at offset 0", "before it was sent");
    }

    @Test
    void aValueOfAnotherPartitionIsAPhantom() {
        TopicPartition other = new TopicPartition("orders", 1);
        script.call(1, new Call.Send(other, 1, 1, 11, -1, Call.Acks.ALL, true), new Answer.Sent(0));
        script.read(2, 0, 0, 11);
        phantoms().brokenOnce("value 11 at offset 0", "which was sent to orders-1");
    }

    @Test
    void aFailedSendIsNeverRead() {
        script.acked(11, 0).failed(12).read(2, 0, 0, 11, 1, 12);
        phantoms().brokenOnce("value 12 at offset 1", "had failed");
    }

    @Test
    void aFailureThatIsToldOnlyAfterTheReadCountsToo() {
        long send = script.begin(1, script.send(12, Call.Send.NO_KEY, Call.Acks.ALL));
        script.read(2, 0, 0, 12);
        script.end(send, new Result.Failed("INVALID_RECORD"));
        phantoms().brokenOnce("value 12", "had failed");
    }
}
