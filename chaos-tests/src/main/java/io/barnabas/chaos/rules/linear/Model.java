package io.barnabas.chaos.rules.linear;

import io.barnabas.chaos.rules.history.Operation;
import java.util.Optional;

/**
 * How an object behaves when nothing overlaps.
 *
 * @param <S> its state: immutable, with equals and hashCode
 */
public interface Model<S> {

    /** The state before the first operation. */
    S initial();

    /**
     * The operation as a whole, at one moment.
     *
     * @return the state after it; empty when the operation could not have had its result in this state. An operation of
     *     unknown result is possible in every state.
     */
    Optional<S> step(S state, Operation operation);

    /** Whether the operation may change any state; false for what only looks. */
    boolean changes(Operation operation);
}
