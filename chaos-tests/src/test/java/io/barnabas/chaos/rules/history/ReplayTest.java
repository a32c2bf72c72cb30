package io.barnabas.chaos.rules.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplayTest {

    private final List<String> seen = new ArrayList<>();

    private final Observer observer = new Observer() {
        @Override
        public void declared(Event.TopicDeclared topic) {
            seen.add("declared " + topic.topic());
        }

        @Override
        public void invoked(Event.Invocation invocation) {
            seen.add("invoked " + invocation.operation());
        }

        @Override
        public void completed(Operation operation) {
            seen.add("completed " + operation.invocation().operation() + " " + operation.result());
        }

        @Override
        public void faultBegan(Event.FaultBegin fault) {
            seen.add("fault " + fault.kind());
        }

        @Override
        public void faultEnded(Event.FaultEnd fault) {
            seen.add("healed " + fault.fault());
        }

        @Override
        public void ended(long timeNs) {
            seen.add("ended " + timeNs);
        }
    };

    @Test
    void bringsInvocationsAndCompletionsTogetherInTheirOrder() {
        long operations = replay(
                new Event.TopicDeclared(0, "orders", true, false),
                invoke(1, 1),
                new Event.FaultBegin(2, 9, "kill", List.of("node-1")),
                invoke(3, 2),
                done(4, 2),
                invoke(5, 3),
                done(6, 1),
                new Event.FaultEnd(7, 9));

        assertThat(operations).isEqualTo(3);
        assertThat(seen)
                .containsExactly(
                        "declared orders",
                        "invoked 1",
                        "fault kill",
                        "invoked 2",
                        "completed 2 Ok[answer=Done[]]",
                        "invoked 3",
                        "completed 1 Ok[answer=Done[]]",
                        "healed 9",
                        "ended 7",
                        "completed 3 Unknown[error=no completion in the history]");
    }

    @Test
    void refusesWhatIsNoHistory() {
        assertThatThrownBy(() -> replay(done(1, 1))).hasMessageContaining("without an invocation");
        assertThatThrownBy(() -> replay(invoke(1, 1), invoke(2, 1))).hasMessageContaining("while it is under way");
        assertThatThrownBy(() -> replay(invoke(2, 1), done(1, 1))).hasMessageContaining("time runs back");
        assertThatThrownBy(() ->
                        replay(invoke(1, 1), new Event.Completion(2, 1, new Result.Ok(new Answer.RegisterValue(3)))))
                .hasMessageContaining("cannot be answered by");
    }

    private long replay(Event... events) {
        return Replay.of(new RecordedHistory(List.of(events)), List.of(observer));
    }

    private static Event invoke(long timeNs, long operation) {
        return new Event.Invocation(timeNs, operation, 0, new Call.DeleteTopic("t"));
    }

    private static Event done(long timeNs, long operation) {
        return new Event.Completion(timeNs, operation, new Result.Ok(new Answer.Done()));
    }
}
