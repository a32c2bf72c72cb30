package io.barnabas.chaos.rules.linear;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Operation;
import io.barnabas.chaos.rules.history.Result;
import java.util.Optional;

/** A register holds the value last written, {@link Call.RegisterWrite#ABSENT} in the beginning. */
final class RegisterModel implements Model<Long> {

    @Override
    public Long initial() {
        return Call.RegisterWrite.ABSENT;
    }

    @Override
    public Optional<Long> step(Long state, Operation operation) {
        return switch (operation.call()) {
            case Call.RegisterWrite write -> Optional.of(operation.isFailed() ? state : write.value());
            case Call.RegisterRead read
            when operation.result() instanceof Result.Ok(Answer.RegisterValue(long value)) ->
                value == state ? Optional.of(state) : Optional.empty();
            default -> Optional.of(state);
        };
    }

    @Override
    public boolean changes(Operation operation) {
        return operation.call() instanceof Call.RegisterWrite && !operation.isFailed();
    }
}
