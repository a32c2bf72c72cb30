package io.barnabas.chaos.rules.linear;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Operation;
import io.barnabas.chaos.rules.history.Result;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A register returns what was last written to it, as if nothing overlapped. See {@link LinearObjects} for time and
 * memory.
 *
 * <p>A write of unknown result whose value nobody read may as well take effect after everything else, so it is left
 * out: otherwise each would double the orders to be tried.
 */
public final class LinearRegisters extends LinearObjects<Long> {

    /**
     * Watches all registers.
     *
     * @param maxSteps for one register, after which the verdict is open; a million takes about a second
     */
    public LinearRegisters(long maxSteps) {
        super(new RegisterModel(), maxSteps);
    }

    @Override
    public String promise() {
        return "a register returns what was last written";
    }

    @Override
    Optional<String> object(Call call) {
        return switch (call) {
            case Call.RegisterWrite write -> Optional.of("register " + write.register());
            case Call.RegisterRead read -> Optional.of("register " + read.register());
            default -> Optional.empty();
        };
    }

    @Override
    List<Operation> relevant(List<Operation> history) {
        Set<Long> read = new HashSet<>();
        for (Operation operation : history) {
            if (operation.result() instanceof Result.Ok(Answer.RegisterValue(long value))) {
                read.add(value);
            }
        }
        return history.stream()
                .filter(operation -> operation.isOk()
                        || operation.result() instanceof Result.Unknown
                                && operation.call() instanceof Call.RegisterWrite write
                                && read.contains(write.value()))
                .toList();
    }
}
