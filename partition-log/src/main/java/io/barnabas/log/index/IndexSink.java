package io.barnabas.log.index;

import java.util.Optional;

/**
 * The index of one partition, as its log sees it. Entries are hints: any of them may be missing, and one that is found
 * must be held against the file before it is used. Any thread may look up and add; one at a time may remove.
 */
public interface IndexSink {

    /** Knows nothing and keeps nothing: every lookup scans its segment from the start. */
    IndexSink NONE = new IndexSink() {
        @Override
        public boolean add(IndexEntry entry) {
            return true;
        }

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

    /**
     * Takes an entry, to be stored soon or, under pressure, never. Does not block.
     *
     * @return whether it was taken
     */
    boolean add(IndexEntry entry);

    /** Takes an entry that was read from a segment again, and waits for room: after the loss of an index there are many. */
    void restore(IndexEntry entry);

    /** The last entry at or below an offset. */
    Optional<IndexEntry> floor(long offset);

    /** The last entry of a segment before which all timestamps are smaller than {@code timestampMs}. */
    Optional<IndexEntry> beforeTime(long segmentBase, long timestampMs);

    /** Removes all entries at or above an offset, for good when this returns. */
    void truncate(long offset);

    /**
     * Removes the entries of all segments that begin below an offset, soon: those that were deleted when the log start
     * moved up.
     */
    default void trim(long offset) {}

    /**
     * Removes the entries of the segments that begin at or above {@code fromOffset} and end at or below {@code
     * toOffset}, for good when this returns: other segments take their place, whose entries follow by {@link #restore}.
     */
    void removeSegments(long fromOffset, long toOffset);

    /** Removes all entries of the partition. */
    void clear();

    /**
     * Whether the node restores missing entries of segments in the background, so that opening a log need not read
     * segments for their sake.
     */
    default boolean restoredLater() {
        return false;
    }

    /** Changes whenever entries were lost; what was added before may be gone. */
    default long generation() {
        return 0;
    }

    /**
     * Takes a mark, to be stored after the entries that were added before. Does not block; the mark may be dropped.
     *
     * @param generation in which the segment's entries were added: of another one the mark would be a lie
     */
    default void mark(SegmentMark mark, long generation) {}

    /** The mark of a segment. */
    default Optional<SegmentMark> markOf(long segmentBase) {
        return Optional.empty();
    }
}
