package io.barnabas.log.segment;

import io.barnabas.log.LogConfig;

/**
 * How a log is cut into segments.
 *
 * @param segmentBytes a segment is rolled before it grows past this; a larger batch gets a segment of its own
 * @param segmentMs a segment is rolled when its first append is older than this. Measured by the clock of this node,
 *     not by the records, so that a client with wild timestamps cannot make a segment of each batch
 * @param indexIntervalBytes bytes of log between two index entries
 */
public record SegmentLogConfig(int segmentBytes, long segmentMs, int indexIntervalBytes) {

    public SegmentLogConfig {
        if (segmentBytes <= 0 || segmentMs <= 0 || indexIntervalBytes < 0) {
            throw new IllegalArgumentException("sizes and times of a log must be positive");
        }
    }

    /** The part of a partition's settings that concerns its files. */
    public static SegmentLogConfig of(LogConfig config) {
        LogConfig.Segments segments = config.segments();
        // A record can only be compacted once its segment is closed (KIP-354).
        long ms = config.compaction().enabled()
                ? Math.min(segments.ms(), Math.max(1, config.compaction().maxLagMs()))
                : segments.ms();
        return new SegmentLogConfig(segments.bytes(), ms, segments.indexIntervalBytes());
    }
}
