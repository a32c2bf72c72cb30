package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Result;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Registers and a topic of the model: what a call does and returns when it takes effect. */
final class ModelObjects {

    private final Map<String, Long> registers = new HashMap<>();
    private final Map<String, String> configs = new HashMap<>();
    private int partitions;
    private long values;

    Call anyRegisterCall(SplittableRandom random) {
        String register = "r" + random.nextInt(2);
        return random.nextBoolean() ? new Call.RegisterWrite(register, ++values) : new Call.RegisterRead(register);
    }

    Call anyTopicCall(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> new Call.CreateTopic("churn", 1 + random.nextInt(3));
            case 1 -> new Call.DeleteTopic("churn");
            case 2, 3 -> new Call.SetConfig("churn", "retention.ms", Integer.toString(random.nextInt(100)));
            default -> new Call.Describe("churn");
        };
    }

    Result takeEffect(Call call) {
        return switch (call) {
            case Call.RegisterWrite write -> {
                registers.put(write.register(), write.value());
                yield done();
            }
            case Call.RegisterRead read ->
                new Result.Ok(
                        new Answer.RegisterValue(registers.getOrDefault(read.register(), Call.RegisterWrite.ABSENT)));
            case Call.Describe describe -> new Result.Ok(new Answer.TopicDescription(partitions, configs));
            case Call.CreateTopic create when partitions > 0 -> new Result.Failed("TOPIC_ALREADY_EXISTS");
            case Call.CreateTopic create -> {
                partitions = create.partitions();
                yield done();
            }
            case Call.SetConfig set
            when partitions > 0 -> {
                configs.put(set.name(), set.value());
                yield done();
            }
            case Call.DeleteTopic delete
            when partitions > 0 -> {
                partitions = 0;
                configs.clear();
                yield done();
            }
            default -> new Result.Failed("UNKNOWN_TOPIC_OR_PARTITION");
        };
    }

    private static Result done() {
        return new Result.Ok(new Answer.Done());
    }
}
