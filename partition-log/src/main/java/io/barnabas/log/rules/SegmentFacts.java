package io.barnabas.log.rules;

/**
 * What retention and compaction know of a segment.
 *
 * @param baseOffset the offset by which its file is named
 * @param nextOffset offset after its last record
 * @param sizeInBytes bytes of its batches
 * @param maxTimestamp largest timestamp of its batches in milliseconds, -1 when there is none
 * @param firstAppendMs when its first batch was written, by this node's clock, in milliseconds since 1970
 */
public record SegmentFacts(long baseOffset, long nextOffset, long sizeInBytes, long maxTimestamp, long firstAppendMs) {}
