package io.barnabas.log.compact;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Spreads reads and writes so that they stay below a rate. For one thread. */
public final class IoThrottle {

    /** No limit. */
    public static final IoThrottle NONE = new IoThrottle(Double.MAX_VALUE, () -> 0, nanos -> {});

    /** Shorter rests are saved up. */
    private static final long SHORTEST_REST_NANOS = 20_000_000;

    private final double bytesPerSecond;
    private final LongSupplier nanos;
    private final LongConsumer rest;
    private long paidUntil;
    private boolean used;

    /**
     * @param nanos a clock of nanoseconds, from any start
     * @param rest waits for so many nanoseconds
     */
    public IoThrottle(double bytesPerSecond, LongSupplier nanos, LongConsumer rest) {
        this.bytesPerSecond = bytesPerSecond;
        this.nanos = nanos;
        this.rest = rest;
    }

    /** A limit that rests on the calling thread; 0 for none. */
    public static IoThrottle of(long bytesPerSecond) {
        return bytesPerSecond == 0 ? NONE : new IoThrottle(bytesPerSecond, System::nanoTime, LockSupport::parkNanos);
    }

    /** Counts bytes that were read or written, and rests when there were too many of late. */
    public void used(long bytes) {
        double cost = bytes / bytesPerSecond * 1e9;
        if (cost < 1) {
            return;
        }
        long now = nanos.getAsLong();
        if (!used || paidUntil - now < 0) {
            paidUntil = now;
            used = true;
        }
        paidUntil += (long) cost;
        if (paidUntil - now >= SHORTEST_REST_NANOS) {
            rest.accept(paidUntil - now);
        }
    }
}
