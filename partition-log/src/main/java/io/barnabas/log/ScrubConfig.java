package io.barnabas.log;

/**
 * How a node reads its replicas' data in the background, to find damage before a reader does.
 *
 * @param bytesPerSecond {@code log.scrub.bytes.per.second}, for all replicas together; 0 to not read at all
 * @param intervalMs a replica is read again so long after it was read last: {@code log.scrub.interval.hours}
 */
public record ScrubConfig(long bytesPerSecond, long intervalMs) {

    /** Nothing is read. */
    public static final ScrubConfig OFF = new ScrubConfig(0, 1);

    public ScrubConfig {
        if (bytesPerSecond < 0 || intervalMs <= 0) {
            throw new IllegalArgumentException(
                    "cannot scrub " + bytesPerSecond + " bytes a second every " + intervalMs + " ms");
        }
    }
}
