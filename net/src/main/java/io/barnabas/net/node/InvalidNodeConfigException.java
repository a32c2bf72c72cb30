package io.barnabas.net.node;

import java.util.List;

/** Settings that a node cannot start with; the message lists every problem, one a line. */
public final class InvalidNodeConfigException extends Exception {

    private static final long serialVersionUID = 1L;

    /** A list that serialises. */
    private final transient List<String> problems;

    InvalidNodeConfigException(String source, List<String> problems) {
        super(source + ": " + (problems.size() == 1 ? "" : problems.size() + " problems:\n  ")
                + String.join("\n  ", problems));
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, one sentence each. */
    public List<String> problems() {
        return problems;
    }
}
