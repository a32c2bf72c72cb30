package io.barnabas.log.index;

import java.util.Optional;

/**
 * The index of one partition, as its log sees it. Entries are hints: any of them may be missing, and one that is found
 * must be held against the file before it is used. Any thread may look up; one at a time may change.
 */
public interface IndexSink {

    /** Knows nothing and keeps nothing: every lookup scans its segment from the start. */
    IndexSink NONE = new IndexSink() {
        @Override
        public void add(IndexEntry entry) {}

        @Override
        public void restore(IndexEntry entry) {}

        @Override
        public Optional<IndexEntry> floor(long offset) {
            return Optional.empty();
        }

        @Override
        public Optional<IndexEntry> beforeTime(long segmentBase, long timestampMs) {
            return Optional.empty();
        }

        @Override
        public void truncate(long offset) {}

        @Override
        public void removeSegments(long fromOffset, long toOffset) {}

        @Override
        public void clear() {}
    };

    /** Takes an entry, to be stored soon or, under pressure, never. Does not block. */
    void add(IndexEntry entry);

    /** Takes an entry that recovery found, and waits for room: after the loss of an index there are many. */
    void restore(IndexEntry entry);

    /** The last entry at or below an offset. */
    Optional<IndexEntry> floor(long offset);

    /** The last entry of a segment before which all timestamps are smaller than {@code timestampMs}. */
    Optional<IndexEntry> beforeTime(long segmentBase, long timestampMs);

    /** Removes all entries at or above an offset, for good when this returns. */
    void truncate(long offset);

    /**
     * Removes the entries of the segments that begin at or above {@code fromOffset} and end at or below {@code
     * toOffset}, for good when this returns.
     */
    void removeSegments(long fromOffset, long toOffset);

    /** Removes all entries of the partition. */
    void clear();
}
