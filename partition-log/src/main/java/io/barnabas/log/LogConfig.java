package io.barnabas.log;

/**
 * A partition's settings, resolved from topic overrides and node defaults.
 *
 * @param maxMessageBytes largest batch taken, in bytes ({@code max.message.bytes})
 * @param segmentBytes a segment is rolled before it grows past this ({@code segment.bytes})
 * @param segmentMs a segment is rolled when its first batch is older than this ({@code segment.ms})
 * @param indexIntervalBytes bytes of log between two index entries ({@code index.interval.bytes})
 */
public record LogConfig(int maxMessageBytes, int segmentBytes, long segmentMs, int indexIntervalBytes) {

    /** Kafka's defaults. */
    public static final LogConfig DEFAULT = new LogConfig(1_048_588, 1 << 30, 604_800_000L, 4096);

    public LogConfig {
        if (maxMessageBytes <= 0 || segmentBytes <= 0 || segmentMs <= 0 || indexIntervalBytes < 0) {
            throw new IllegalArgumentException("sizes and times of a log must be positive");
        }
    }
}
