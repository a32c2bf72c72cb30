package io.barnabas.log;

/**
 * How a node compacts its logs. The names in braces are Kafka's.
 *
 * @param enabled whether logs are compacted at all ({@code log.cleaner.enable})
 * @param dedupeBufferBytes memory for the keys of a log while it is cleaned; with more keys than fit, cleaning takes
 *     more passes ({@code log.cleaner.dedupe.buffer.size})
 * @param ioMaxBytesPerSecond bytes that are read and written per second, of all logs together ({@code
 *     log.cleaner.io.max.bytes.per.second})
 * @param backoffMs how long to rest when no log is due ({@code log.cleaner.backoff.ms})
 */
public record CleanerConfig(boolean enabled, long dedupeBufferBytes, double ioMaxBytesPerSecond, long backoffMs) {

    /** Kafka's defaults. */
    public static final CleanerConfig DEFAULT = new CleanerConfig(true, 134_217_728L, Double.MAX_VALUE, 15_000L);

    public CleanerConfig {
        if (dedupeBufferBytes <= 0 || !(ioMaxBytesPerSecond > 0) || backoffMs <= 0) {
            throw new IllegalArgumentException("sizes, rates and times of the log cleaner must be positive");
        }
    }
}
