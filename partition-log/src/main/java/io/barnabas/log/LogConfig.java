package io.barnabas.log;

/**
 * A partition's settings, resolved from topic overrides and node defaults. The names in braces are Kafka's.
 *
 * @param maxMessageBytes largest batch taken, in bytes ({@code max.message.bytes})
 * @param minInsyncReplicas how many replicas must have a batch before acks=all is answered, when that is more than a
 *     majority ({@code min.insync.replicas})
 * @param segments how the log is cut into files
 * @param retention what is deleted by age and size
 * @param compaction how superseded records are removed
 * @param timestamps whose time counts, and which times are taken
 * @param compression how batches are stored
 */
public record LogConfig(
        int maxMessageBytes,
        int minInsyncReplicas,
        Segments segments,
        Retention retention,
        Compaction compaction,
        Timestamps timestamps,
        Compression compression) {

    /** Kafka's defaults. */
    public static final LogConfig DEFAULT = new LogConfig(
            1_048_588,
            1,
            Segments.DEFAULT,
            Retention.DEFAULT,
            Compaction.DEFAULT,
            Timestamps.DEFAULT,
            Compression.DEFAULT);

    public LogConfig {
        if (maxMessageBytes <= 0 || minInsyncReplicas <= 0) {
            throw new IllegalArgumentException("a log's largest batch and fewest replicas must be positive");
        }
    }

    /** The same with another limit of a batch. */
    public LogConfig withMaxMessageBytes(int bytes) {
        return new LogConfig(bytes, minInsyncReplicas, segments, retention, compaction, timestamps, compression);
    }

    /** The same with other minimum of replicas. */
    public LogConfig withMinInsyncReplicas(int replicas) {
        return new LogConfig(maxMessageBytes, replicas, segments, retention, compaction, timestamps, compression);
    }

    /** The same with other segments. */
    public LogConfig with(Segments other) {
        return new LogConfig(maxMessageBytes, minInsyncReplicas, other, retention, compaction, timestamps, compression);
    }

    /** The same with another retention. */
    public LogConfig with(Retention other) {
        return new LogConfig(maxMessageBytes, minInsyncReplicas, segments, other, compaction, timestamps, compression);
    }

    /** The same with another compaction. */
    public LogConfig with(Compaction other) {
        return new LogConfig(maxMessageBytes, minInsyncReplicas, segments, retention, other, timestamps, compression);
    }

    /** The same with other timestamps. */
    public LogConfig with(Timestamps other) {
        return new LogConfig(maxMessageBytes, minInsyncReplicas, segments, retention, compaction, other, compression);
    }

    /** The same with another compression. */
    public LogConfig with(Compression other) {
        return new LogConfig(maxMessageBytes, minInsyncReplicas, segments, retention, compaction, timestamps, other);
    }

    /**
     * How the log is cut into files.
     *
     * @param bytes a segment is rolled before it grows past this ({@code segment.bytes})
     * @param ms a segment is rolled when its first batch is older than this ({@code segment.ms})
     * @param indexIntervalBytes bytes of log between two index entries ({@code index.interval.bytes})
     */
    public record Segments(int bytes, long ms, int indexIntervalBytes) {

        /** Kafka's defaults. */
        public static final Segments DEFAULT = new Segments(1 << 30, 604_800_000L, 4096);

        public Segments {
            if (bytes <= 0 || ms <= 0 || indexIntervalBytes < 0) {
                throw new IllegalArgumentException("sizes and times of a log must be positive");
            }
        }
    }

    /**
     * What is deleted by age and size.
     *
     * @param enabled whether {@code cleanup.policy} names delete
     * @param ms age of a segment's newest record after which it may go, -1 for never ({@code retention.ms})
     * @param bytes size above which the oldest segments may go, -1 for none ({@code retention.bytes})
     */
    public record Retention(boolean enabled, long ms, long bytes) {

        /** Kafka's defaults: a week, any size. */
        public static final Retention DEFAULT = new Retention(true, 604_800_000L, -1);
    }

    /**
     * How superseded records are removed.
     *
     * @param enabled whether {@code cleanup.policy} names compact
     * @param deleteRetentionMs how long a tombstone stays after it was first cleaned ({@code delete.retention.ms})
     * @param minLagMs age below which a record stays ({@code min.compaction.lag.ms})
     * @param maxLagMs age of a record by which it must have been cleaned ({@code max.compaction.lag.ms})
     * @param minDirtyRatio share of the log not cleaned yet that makes it due ({@code min.cleanable.dirty.ratio})
     */
    public record Compaction(
            boolean enabled, long deleteRetentionMs, long minLagMs, long maxLagMs, double minDirtyRatio) {

        /** Kafka's defaults: off. */
        public static final Compaction DEFAULT = new Compaction(false, 86_400_000L, 0, Long.MAX_VALUE, 0.5);
    }

    /**
     * Whose time counts, and which times are taken.
     *
     * @param logAppendTime whether records get the leader's time ({@code message.timestamp.type=LogAppendTime})
     * @param beforeMaxMs how far a record's time may lie behind the leader's ({@code message.timestamp.before.max.ms})
     * @param afterMaxMs how far it may lie ahead ({@code message.timestamp.after.max.ms})
     */
    public record Timestamps(boolean logAppendTime, long beforeMaxMs, long afterMaxMs) {

        /** Kafka's defaults: the client's time, at most an hour ahead. */
        public static final Timestamps DEFAULT = new Timestamps(false, Long.MAX_VALUE, 3_600_000L);
    }

    /**
     * How batches are stored.
     *
     * @param type {@code producer} for as they come, {@code uncompressed}, or a codec ({@code compression.type})
     * @param gzipLevel {@code compression.gzip.level}
     * @param lz4Level {@code compression.lz4.level}
     * @param zstdLevel {@code compression.zstd.level}
     */
    public record Compression(String type, int gzipLevel, int lz4Level, int zstdLevel) {

        /** The type that keeps the producer's codec. */
        public static final String AS_SENT = "producer";

        /** The type that takes any codec off. */
        public static final String UNCOMPRESSED = "uncompressed";

        /** Kafka's defaults: as they come. */
        public static final Compression DEFAULT = new Compression(AS_SENT, -1, 9, 3);
    }
}
