package io.barnabas.net.kafka.handler;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.Uuid;

/**
 * What one client fetches, remembered between its requests (KIP-227), so that a request names only what changed and a
 * response only what is new.
 */
final class FetchSession {

    /** The epoch of the request after the one that opens the session. */
    private static final int FIRST_EPOCH = 1;

    private final int id;
    private final boolean usesTopicIds;
    private final Map<Key, Entry> entries = new LinkedHashMap<>();
    private int epoch;

    /** A partition within a session: by topic id or by name, as the version of the session has it. */
    record Key(Uuid topicId, String topic, int partition) {}

    /**
     * What the client wants of a partition.
     *
     * @param offset the next offset it reads
     * @param maxBytes most bytes it takes at once
     * @param leaderEpoch the leader epoch it knows, or -1
     * @param lastFetchedEpoch the epoch of the last record it has, or -1
     */
    record Wanted(long offset, int maxBytes, int leaderEpoch, int lastFetchedEpoch) {}

    private static final class Entry {
        private Wanted wanted;
        private long toldHighWatermark = -1;
        private long toldLogStartOffset = -1;

        Entry(Wanted wanted) {
            this.wanted = wanted;
        }
    }

    FetchSession(int id, boolean usesTopicIds) {
        this(id, usesTopicIds, FIRST_EPOCH);
    }

    /** A session whose next request is to carry {@code epoch}. */
    FetchSession(int id, boolean usesTopicIds, int epoch) {
        this.id = id;
        this.usesTopicIds = usesTopicIds;
        this.epoch = epoch;
    }

    int id() {
        return id;
    }

    boolean usesTopicIds() {
        return usesTopicIds;
    }

    /** Whether an incremental request is the next one; if so, the one after it is expected from now on. */
    boolean advance(int requestEpoch) {
        if (requestEpoch != epoch) {
            return false;
        }
        epoch = epoch == Integer.MAX_VALUE ? FIRST_EPOCH : epoch + 1;
        return true;
    }

    void update(Map<Key, Wanted> changed, Collection<Key> forgotten) {
        forgotten.forEach(entries::remove);
        changed.forEach((key, wanted) -> {
            Entry entry = entries.get(key);
            if (entry == null) {
                entries.put(key, new Entry(wanted));
            } else {
                entry.wanted = wanted;
            }
        });
    }

    /** All partitions of the session, those that were served longest ago first. */
    Map<Key, Wanted> wanted() {
        Map<Key, Wanted> all = new LinkedHashMap<>();
        entries.forEach((key, entry) -> all.put(key, entry.wanted));
        return all;
    }

    /**
     * Whether a response must name the partition: it has records or an error, or its bounds are not what the client
     * was told. What it names counts as told, and goes to the end of the line when it had records.
     */
    boolean tell(Key key, boolean hasRecords, boolean hasError, long highWatermark, long logStartOffset) {
        Entry entry = entries.get(key);
        if (entry == null) {
            return true;
        }
        boolean news = hasRecords
                || hasError
                || highWatermark != entry.toldHighWatermark
                || logStartOffset != entry.toldLogStartOffset;
        // After an error the client has to be told the bounds again.
        entry.toldHighWatermark = hasError ? -1 : highWatermark;
        entry.toldLogStartOffset = hasError ? -1 : logStartOffset;
        if (hasRecords) {
            entries.remove(key);
            entries.put(key, entry);
        }
        return news;
    }
}
