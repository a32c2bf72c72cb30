package io.barnabas.log.index;

/**
 * Where a batch stands, and how far time had come before it in its segment.
 *
 * @param offset base offset of the batch
 * @param segmentBase base offset of its segment
 * @param position where the batch begins in the segment file
 * @param maxTimestamp largest timestamp of the segment before {@code position}, -1 when there is none
 * @param maxTimestampOffset base offset of the first batch with that timestamp, -1 when there is none
 */
public record IndexEntry(long offset, long segmentBase, long position, long maxTimestamp, long maxTimestampOffset) {}
