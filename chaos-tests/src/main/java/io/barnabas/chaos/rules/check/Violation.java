package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Event;
import java.util.List;

/**
 * A promise broken once.
 *
 * @param promise which
 * @param what happened, in words for an operator
 * @param place where
 * @param proof the events that show it, in the order of the history; a read is narrowed to the records in question
 */
public record Violation(String promise, String what, Place place, List<Event> proof) {

    public Violation {
        proof = List.copyOf(proof);
    }
}
