package io.barnabas.net.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Whatever happened in a run and must not. */
final class Violations {

    private static final int MOST = 20;

    private final Queue<String> found = new ConcurrentLinkedQueue<>();

    void add(String what) {
        if (found.size() < MOST) {
            found.add(what);
        }
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    void assertNone() {
        assertThat(found).isEmpty();
    }
}
