package io.barnabas.chaos.rules.check;

import static io.barnabas.chaos.rules.check.JudgementAssert.assertJudgement;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Result;
import io.barnabas.chaos.rules.linear.LinearRegisters;
import io.barnabas.chaos.rules.linear.LinearTopics;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LinearObjectsTest {

    private static final Answer DONE = new Answer.Done();

    private final Script script = new Script();

    private JudgementAssert registers() {
        return assertJudgement(script.judge(new LinearRegisters(100_000)));
    }

    private JudgementAssert topics() {
        return assertJudgement(script.judge(new LinearTopics(100_000)));
    }

    private void write(String register, long value) {
        script.call(1, new Call.RegisterWrite(register, value), DONE);
    }

    private void read(String register, long value) {
        script.call(2, new Call.RegisterRead(register), new Answer.RegisterValue(value));
    }

    @Test
    void registersAreJudgedEachByItself() {
        write("a", 1);
        write("b", 2);
        read("a", 1);
        read("b", 2);
        write("a", Call.RegisterWrite.ABSENT);
        read("a", Call.RegisterWrite.ABSENT);
        registers().passed();
    }

    @Test
    void aStaleRead() {
        write("a", 1);
        write("a", 2);
        read("a", 1);
        registers().brokenOnce("register a: no order", "RegisterValue[value=1]", "client 2", "one of [2]");
    }

    @Test
    void aFailedWriteThatIsRead() {
        script.end(script.begin(1, new Call.RegisterWrite("a", 1)), new Result.Failed("INVALID_RECORD"));
        read("a", 1);
        registers().brokenOnce("register a: no order", "one of [-1]");
    }

    @Test
    void unknownWritesThatNobodyReadCostNothing() {
        for (int value = 1; value <= 500; value++) {
            script.end(script.begin(1, new Call.RegisterWrite("a", value)), new Result.Unknown("TIMEOUT"));
        }
        read("a", 77);
        read("a", 78);
        registers().passed();
    }

    @Test
    void tooMuchOverlapIsLeftOpen() {
        for (int value = 1; value <= 40; value++) {
            script.begin(1, new Call.RegisterWrite("a", value));
        }
        for (int value = 40; value >= 1; value--) {
            script.begin(3, new Call.RegisterWrite("a", -value));
        }
        read("a", 7);
        read("a", 1000);
        for (int value = 1; value <= 40; value++) {
            read("a", value);
        }
        registers().undecided("register a: cannot tell", "operations overlap");
    }

    @Test
    void topicsAsTheyWereChanged() {
        script.call(1, new Call.CreateTopic("t", 3), DONE);
        script.call(1, new Call.SetConfig("t", "retention.ms", "5"), DONE);
        script.call(2, new Call.Describe("t"), new Answer.TopicDescription(3, Map.of("retention.ms", "5")));
        script.end(script.begin(1, new Call.CreateTopic("t", 3)), new Result.Failed("TOPIC_ALREADY_EXISTS"));
        script.call(1, new Call.DeleteTopic("t"), DONE);
        script.call(2, new Call.Describe("t"), Answer.TopicDescription.absent());
        topics().passed();
    }

    @Test
    void aDeletedTopicIsStillThere() {
        script.call(1, new Call.CreateTopic("t", 3), DONE);
        script.call(1, new Call.DeleteTopic("t"), DONE);
        script.call(2, new Call.Describe("t"), new Answer.TopicDescription(3, Map.of()));
        topics().brokenOnce("topic t: no order", "partitions=3");
    }

    @Test
    void anAcknowledgedConfigIsForgotten() {
        script.call(1, new Call.CreateTopic("t", 3), DONE);
        script.call(1, new Call.SetConfig("t", "retention.ms", "5"), DONE);
        script.call(2, new Call.Describe("t"), new Answer.TopicDescription(3, Map.of()));
        topics().brokenOnce("topic t: no order", "retention.ms=5");
    }

    @Test
    void aTopicIsMadeTwice() {
        script.call(1, new Call.CreateTopic("t", 3), DONE);
        script.call(2, new Call.CreateTopic("t", 3), DONE);
        topics().brokenOnce("topic t: no order");
    }
}
