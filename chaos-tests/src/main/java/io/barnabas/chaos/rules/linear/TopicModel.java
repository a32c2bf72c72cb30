package io.barnabas.chaos.rules.linear;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Operation;
import io.barnabas.chaos.rules.history.Result;
import java.util.Map;
import java.util.Optional;

/**
 * One topic: it is made when there is none, deleted and configured when there is one, and described as it is. What
 * failed with {@code TOPIC_ALREADY_EXISTS} found one, what failed with {@code UNKNOWN_TOPIC_OR_PARTITION} found none;
 * any other failure says nothing.
 */
final class TopicModel implements Model<TopicState> {

    private static final String EXISTS = "TOPIC_ALREADY_EXISTS";
    private static final String UNKNOWN = "UNKNOWN_TOPIC_OR_PARTITION";

    @Override
    public TopicState initial() {
        return TopicState.ABSENT;
    }

    @Override
    public Optional<TopicState> step(TopicState state, Operation operation) {
        return switch (operation.result()) {
            case Result.Failed(String error) -> failed(state, error);
            case Result.Unknown unknown ->
                Optional.of(changed(state, operation.call()).orElse(state));
            case Result.Ok(Answer.TopicDescription seen) -> described(state, seen);
            case Result.Ok ok -> changed(state, operation.call());
        };
    }

    @Override
    public boolean changes(Operation operation) {
        return !(operation.call() instanceof Call.Describe) && !operation.isFailed();
    }

    /** Whether a failure of this kind says what the topic was. */
    static boolean tells(String error) {
        return error.equals(EXISTS) || error.equals(UNKNOWN);
    }

    private static Optional<TopicState> failed(TopicState state, String error) {
        boolean isPossible = switch (error) {
            case EXISTS -> state.exists();
            case UNKNOWN -> !state.exists();
            default -> true;
        };
        return isPossible ? Optional.of(state) : Optional.empty();
    }

    private static Optional<TopicState> described(TopicState state, Answer.TopicDescription seen) {
        boolean isRight =
                seen.partitions() == state.partitions() && seen.configs().equals(state.configs());
        return isRight ? Optional.of(state) : Optional.empty();
    }

    /** The state after the call, empty when the cluster has to refuse it. */
    private static Optional<TopicState> changed(TopicState state, Call call) {
        return switch (call) {
            case Call.CreateTopic create ->
                state.exists() ? Optional.empty() : Optional.of(new TopicState(create.partitions(), Map.of()));
            case Call.DeleteTopic delete -> state.exists() ? Optional.of(TopicState.ABSENT) : Optional.empty();
            case Call.SetConfig set ->
                state.exists() ? Optional.of(state.with(set.name(), set.value())) : Optional.empty();
            default -> Optional.of(state);
        };
    }
}
