package io.barnabas.chaos.rules.linear;

import io.barnabas.chaos.rules.history.Operation;
import java.util.List;
import java.util.Set;

/** Whether a history of one object is linearizable. */
public sealed interface Verdict<S> {

    /** There is an order in which all results are right. */
    record Linearizable<S>() implements Verdict<S> {}

    /**
     * There is none.
     *
     * @param impossible the operation whose completion leaves no order
     * @param states in which the object may have been just before this completion, by some order of all that was
     *     completed before
     * @param underWay the operations that overlapped it and were not over by then
     * @param before operations that were completed last before it
     */
    record Impossible<S>(Operation impossible, Set<S> states, List<Operation> underWay, List<Operation> before)
            implements Verdict<S> {

        public Impossible {
            states = Set.copyOf(states);
            underWay = List.copyOf(underWay);
            before = List.copyOf(before);
        }
    }

    /**
     * The search was given up: too many operations overlap.
     *
     * @param steps how many were taken
     * @param underWay how many operations overlapped when the search stopped
     */
    record Undecided<S>(long steps, int underWay) implements Verdict<S> {}
}
