package io.barnabas.net.kafka.handler;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The fetch sessions of a node, at most {@code max.incremental.fetch.session.cache.slots}. The one that was used
 * longest ago makes room for a new one, but not before it was idle for a while: with more clients than slots they would
 * otherwise take them from each other all the time, and none would have the use of one.
 */
final class FetchSessions {

    /** Kafka's {@code min.incremental.fetch.session.eviction.ms}. */
    static final long IDLE_MS = 120_000;

    private final int slots;
    /** Least recently used first. */
    private final Map<Integer, Slot> byId = new LinkedHashMap<>(16, 0.75f, true);

    private static final class Slot {
        private final FetchSession session;
        private long usedMs;

        Slot(FetchSession session, long usedMs) {
            this.session = session;
            this.usedMs = usedMs;
        }
    }

    FetchSessions(int slots) {
        this.slots = slots;
    }

    /**
     * A new session, or none when every slot is in use.
     *
     * @param nowMs the present on any clock that does not jump
     */
    synchronized Optional<FetchSession> create(boolean usesTopicIds, long nowMs) {
        if (byId.size() >= slots && !evict(nowMs)) {
            return Optional.empty();
        }
        int id;
        do {
            // Ids are not guessable by accident: a client with a stale one must not meet another's session.
            id = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        } while (byId.containsKey(id));
        FetchSession session = new FetchSession(id, usesTopicIds);
        byId.put(id, new Slot(session, nowMs));
        return Optional.of(session);
    }

    private boolean evict(long nowMs) {
        Iterator<Slot> eldest = byId.values().iterator();
        if (!eldest.hasNext() || nowMs - eldest.next().usedMs < IDLE_MS) {
            return false;
        }
        eldest.remove();
        return true;
    }

    /** The session of that id, which counts as used now. */
    synchronized Optional<FetchSession> find(int id, long nowMs) {
        Optional<Slot> slot = Optional.ofNullable(byId.get(id));
        slot.ifPresent(found -> found.usedMs = nowMs);
        return slot.map(found -> found.session);
    }

    synchronized void remove(int id) {
        byId.remove(id);
    }

    synchronized int size() {
        return byId.size();
    }
}
