package io.barnabas.net.raft;

import io.barnabas.net.raft.RaftTransportConfig.Window;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.ratis.util.Timestamp;
import org.jspecify.annotations.Nullable;

/** Append requests to one follower of one group that are not answered. Not for several threads at once. */
final class InFlight {

    /** Fewer than Ratis' log takes from one follower's queue without blocking the thread that brings them. */
    private static final int MAX_ENTRIES = 3_000;

    private final Window window;
    private final Map<Long, Sent> requests = new LinkedHashMap<>();
    private int bytes;
    private int entries;

    /**
     * A request.
     *
     * @param first index of its first entry
     * @param count of its entries
     * @param bytes of its entries and their payloads
     */
    record Sent(long first, int count, int bytes, Timestamp time) {}

    InFlight(Window window) {
        this.window = window;
    }

    boolean isEmpty() {
        return requests.isEmpty();
    }

    /** Whether another request may go. */
    boolean hasRoom() {
        return requests.isEmpty()
                || requests.size() < window.requests() && bytes < window.bytes() && entries < MAX_ENTRIES;
    }

    /** How many entries the next one may have. */
    int entriesLeft() {
        return MAX_ENTRIES - entries;
    }

    void add(long callId, Sent sent) {
        requests.put(callId, sent);
        bytes += sent.bytes();
        entries += sent.count();
    }

    @Nullable
    Sent remove(long callId) {
        Sent sent = requests.remove(callId);
        if (sent != null) {
            bytes -= sent.bytes();
            entries -= sent.count();
        }
        return sent;
    }

    /** Index of the first entry that is not answered, or -1. */
    long first() {
        return isEmpty() ? -1 : requests.values().iterator().next().first();
    }

    void clear() {
        requests.clear();
        bytes = 0;
        entries = 0;
    }

    /** Whether the oldest has waited for longer. */
    boolean hasExpired(long limitMs) {
        return !isEmpty() && requests.values().iterator().next().time().elapsedTimeMs() > limitMs;
    }
}
