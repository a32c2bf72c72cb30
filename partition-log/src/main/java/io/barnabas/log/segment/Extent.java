package io.barnabas.log.segment;

import io.barnabas.log.index.IndexEntry;
import io.barnabas.log.rules.BatchHeader;

/**
 * How far a segment reaches: its first {@code size} bytes are whole batches.
 *
 * @param size bytes
 * @param nextOffset offset after the last record
 * @param maxTimestamp largest timestamp of the batches, -1 when there is none
 * @param maxTimestampOffset base offset of the first batch with it, -1 when there is none
 */
record Extent(long size, long nextOffset, long maxTimestamp, long maxTimestampOffset) {

    static Extent empty(long baseOffset) {
        return new Extent(0, baseOffset, -1, -1);
    }

    /** What lies before an index entry. */
    static Extent before(IndexEntry entry) {
        return new Extent(entry.position(), entry.offset(), entry.maxTimestamp(), entry.maxTimestampOffset());
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
