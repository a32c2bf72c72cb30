package io.barnabas.net.kafka.handler;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** The fetch sessions of a node, at most {@code max.incremental.fetch.session.cache.slots}; the least used goes first. */
final class FetchSessions {

    private final int slots;
    private final Map<Integer, FetchSession> byId = new LinkedHashMap<>(16, 0.75f, true);

    FetchSessions(int slots) {
        this.slots = slots;
    }

    /** A new session, or none when sessions are switched off. */
    synchronized Optional<FetchSession> create(boolean usesTopicIds) {
        if (slots < 1) {
            return Optional.empty();
        }
        while (byId.size() >= slots) {
            Iterator<Integer> eldest = byId.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
        int id;
        do {
            // Ids are not guessable by accident: a client with a stale one must not meet another's session.
            id = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        } while (byId.containsKey(id));
        FetchSession session = new FetchSession(id, usesTopicIds);
        byId.put(id, session);
        return Optional.of(session);
    }

    synchronized Optional<FetchSession> find(int id) {
        return Optional.ofNullable(byId.get(id));
    }

    synchronized void remove(int id) {
        byId.remove(id);
    }

    synchronized int size() {
        return byId.size();
    }
}
