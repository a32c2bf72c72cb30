package io.barnabas.log.segment;

import io.barnabas.log.index.IndexEntry;
import io.barnabas.log.index.SegmentMark;
import io.barnabas.log.rules.BatchHeader;

/**
 * How far a segment reaches: its first {@code size} bytes are whole batches.
 *
 * @param size bytes
 * @param nextOffset offset after the last record
 * @param maxTimestamp largest timestamp of the batches, -1 when there is none, {@link #UNKNOWN} when nobody has looked
 * @param maxTimestampOffset base offset of the first batch with it, -1 when there is none
 */
record Extent(long size, long nextOffset, long maxTimestamp, long maxTimestampOffset) {

    /** Stands for the largest timestamp of a closed segment that was not read since the log was opened. */
    static final long UNKNOWN = Long.MIN_VALUE;

    static Extent empty(long baseOffset) {
        return new Extent(0, baseOffset, -1, -1);
    }

    /** What lies before an index entry. */
    static Extent before(IndexEntry entry) {
        return new Extent(entry.position(), entry.offset(), entry.maxTimestamp(), entry.maxTimestampOffset());
    }

    /** Of a closed segment of which only its size and the segment after it are known. */
    static Extent unread(long size, long nextOffset) {
        return new Extent(size, nextOffset, UNKNOWN, -1);
    }

    /** What a closed segment's mark says. */
    static Extent of(SegmentMark mark) {
        return new Extent(mark.size(), mark.nextOffset(), mark.maxTimestamp(), mark.maxTimestampOffset());
    }

    boolean isRead() {
        return maxTimestamp != UNKNOWN;
    }

    /** Whether a record may be as late as that. */
    boolean mayReach(long timestampMs) {
        return !isRead() || maxTimestamp >= timestampMs;
    }

    /** With one more batch, which stands at {@link #size}. */
    Extent plus(BatchHeader batch, long timestamp) {
        long newSize = size + batch.sizeInBytes();
        return timestamp > maxTimestamp
                ? new Extent(newSize, batch.nextOffset(), timestamp, batch.baseOffset())
                : new Extent(newSize, batch.nextOffset(), maxTimestamp, maxTimestampOffset);
    }

    /** The index entry of the batch that follows and begins at {@code offset}. */
    IndexEntry entry(long segmentBase, long offset) {
        return new IndexEntry(offset, segmentBase, size, maxTimestamp, maxTimestampOffset);
    }
}
