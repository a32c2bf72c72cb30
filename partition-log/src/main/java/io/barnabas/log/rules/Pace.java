package io.barnabas.log.rules;

/**
 * Keeps a stream of bytes under a rate. What was not used for more than a second is not made up for later. Not for
 * several threads.
 */
public final class Pace {

    private static final long SECOND = 1_000_000_000L;

    private final long bytesPerSecond;
    private long dueNanos;
    private boolean begun;

    /** @param bytesPerSecond 0 for no limit */
    public Pace(long bytesPerSecond) {
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException("a rate of " + bytesPerSecond + " bytes a second cannot be");
        }
        this.bytesPerSecond = bytesPerSecond;
    }

    /**
     * Counts bytes that were just moved.
     *
     * @param nowNanos a clock that only goes forward
     * @return how long to wait before the next ones, in nanoseconds
     */
    public long waitAfter(long bytes, long nowNanos) {
        if (bytesPerSecond == 0) {
            return 0;
        }
        if (!begun || nowNanos - dueNanos > SECOND) {
            begun = true;
            dueNanos = nowNanos;
        }
        dueNanos += (long) ((double) bytes * SECOND / bytesPerSecond);
        return Math.max(0, dueNanos - nowNanos);
    }
}
