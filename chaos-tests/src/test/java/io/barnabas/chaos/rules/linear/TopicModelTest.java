package io.barnabas.chaos.rules.linear;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.Operation;
import io.barnabas.chaos.rules.history.Result;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicModelTest {

    private static final TopicState THREE = new TopicState(3, Map.of());
    private static final Result OK = new Result.Ok(new Answer.Done());
    private static final Result EXISTS = new Result.Failed("TOPIC_ALREADY_EXISTS");
    private static final Result UNKNOWN_TOPIC = new Result.Failed("UNKNOWN_TOPIC_OR_PARTITION");
    private static final Result TIMEOUT = new Result.Unknown("TIMEOUT");

    private final Call create = new Call.CreateTopic("t", 3);
    private final Call delete = new Call.DeleteTopic("t");
    private final Call set = new Call.SetConfig("t", "retention.ms", "5");
    private final Call takeBack = new Call.SetConfig("t", "retention.ms", null);
    private final TopicState configured = new TopicState(3, Map.of("retention.ms", "5"));

    @Test
    void aTopicIsMadeOnceAndDeletedOnce() {
        assertThat(step(TopicState.ABSENT, create, OK)).isEqualTo(THREE);
        assertThat(step(THREE, create, OK)).isNull();
        assertThat(step(configured, delete, OK)).isEqualTo(TopicState.ABSENT);
        assertThat(step(TopicState.ABSENT, delete, OK)).isNull();
    }

    @Test
    void aConfigIsSetAndTakenBackWhereThereIsATopic() {
        assertThat(step(THREE, set, OK)).isEqualTo(configured);
        assertThat(step(configured, takeBack, OK)).isEqualTo(THREE);
        assertThat(step(TopicState.ABSENT, set, OK)).isNull();
    }

    @Test
    void failuresSayWhetherThereWasATopic() {
        assertThat(step(THREE, create, EXISTS)).isEqualTo(THREE);
        assertThat(step(TopicState.ABSENT, create, EXISTS)).isNull();
        assertThat(step(TopicState.ABSENT, delete, UNKNOWN_TOPIC)).isEqualTo(TopicState.ABSENT);
        assertThat(step(THREE, delete, UNKNOWN_TOPIC)).isNull();
        assertThat(step(THREE, set, new Result.Failed("POLICY_VIOLATION"))).isEqualTo(THREE);
    }

    @Test
    void whatIsUnknownChangesWhatItCan() {
        assertThat(step(TopicState.ABSENT, create, TIMEOUT)).isEqualTo(THREE);
        assertThat(step(configured, create, TIMEOUT)).isEqualTo(configured);
        assertThat(step(TopicState.ABSENT, set, TIMEOUT)).isEqualTo(TopicState.ABSENT);
    }

    @Test
    void aDescriptionIsTheTopicAsItIs() {
        Call describe = new Call.Describe("t");
        Result seen = new Result.Ok(new Answer.TopicDescription(3, Map.of("retention.ms", "5")));
        assertThat(step(configured, describe, seen)).isEqualTo(configured);
        assertThat(step(THREE, describe, seen)).isNull();
        assertThat(step(TopicState.ABSENT, describe, new Result.Ok(Answer.TopicDescription.absent())))
                .isEqualTo(TopicState.ABSENT);
    }

    private static TopicState step(TopicState state, Call call, Result result) {
        Operation operation = new Operation(new Event.Invocation(0, 1, 1, call), new Event.Completion(1, 1, result));
        return new TopicModel().step(state, operation).orElse(null);
    }
}
