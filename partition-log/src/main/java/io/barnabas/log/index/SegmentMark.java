package io.barnabas.log.index;

/**
 * Says that no entry of a segment is missing. While the segment grows, only that they are there from its beginning on;
 * once it is closed, also how far it reaches.
 *
 * @param segmentBase base offset of the segment
 * @param size bytes of the closed segment, -1 while it grows
 * @param nextOffset offset at which the next segment begins, -1 while it grows
 * @param maxTimestamp its largest timestamp, -1 when there is none
 * @param maxTimestampOffset base offset of the first batch with it, -1 when there is none
 */
public record SegmentMark(long segmentBase, long size, long nextOffset, long maxTimestamp, long maxTimestampOffset) {

    /** Of a segment that may grow. */
    public static SegmentMark growing(long segmentBase) {
        return new SegmentMark(segmentBase, -1, -1, -1, -1);
    }

    /** Whether the segment was closed when this was written. */
    public boolean closed() {
        return size >= 0;
    }
}
