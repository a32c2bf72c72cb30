package io.barnabas.net.kafka;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

/**
 * Lets responses leave in the order of their requests, whatever order they are ready in.
 *
 * @param <R> a response; null stands for a request that has none
 */
final class ResponseOrderer<R> {

    private final Deque<Slot<R>> pending = new ArrayDeque<>();

    /** The place of one request in the order. */
    static final class Slot<R> {
        private R response;
        private boolean ready;

        private Slot() {}
    }

    /** A request arrived. */
    Slot<R> arrived() {
        Slot<R> slot = new Slot<>();
        pending.addLast(slot);
        return slot;
    }

    /** A response is ready; returns those that may leave now, in order. */
    List<R> ready(Slot<R> slot, R response) {
        if (slot.ready) {
            throw new IllegalStateException("a request is answered once");
        }
        slot.response = response;
        slot.ready = true;
        List<R> leaving = new ArrayList<>();
        while (!pending.isEmpty() && pending.getFirst().ready) {
            R next = pending.removeFirst().response;
            if (next != null) {
                leaving.add(next);
            }
        }
        return leaving;
    }

    /** Forgets all requests; returns the responses that were ready and waited for others. */
    List<R> drop() {
        List<R> unsent = pending.stream()
                .map(slot -> slot.response)
                .filter(Objects::nonNull)
                .toList();
        pending.clear();
        return unsent;
    }

    /** Requests that are not answered yet, or whose answer waits for another. */
    int pending() {
        return pending.size();
    }
}
