package io.barnabas.chaos.rules.check;

import java.util.List;

/**
 * What one checker found.
 *
 * @param promise of the checker
 * @param checked how many things it looked at (records, reads, answers); 0 says that the run did not try the promise
 * @param broken how many times the promise was broken
 * @param violations the first of them
 * @param undecided why the checker cannot tell for a part of the run, in sentences
 */
public record Judgement(String promise, long checked, long broken, List<Violation> violations, List<String> undecided) {

    public Judgement {
        violations = List.copyOf(violations);
        undecided = List.copyOf(undecided);
    }

    /** Nothing broken, and nothing left open. */
    public boolean passed() {
        return broken == 0 && undecided.isEmpty();
    }
}
