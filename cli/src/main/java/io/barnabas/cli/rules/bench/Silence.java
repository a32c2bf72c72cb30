package io.barnabas.cli.rules.bench;

/** The longest time without an acknowledgement. Not safe for several threads. */
public final class Silence {

    private long last;
    private long longest;

    public Silence(long nowNanos) {
        last = nowNanos;
    }

    public void acknowledged(long nowNanos) {
        longest = Math.max(longest, nowNanos - last);
        last = Math.max(last, nowNanos);
    }

    /** Forgets past silences; one that is under way counts from its beginning. */
    public void forget() {
        longest = 0;
    }

    /** The longest since the last call of {@link #forget}, the one that is under way included. */
    public long longest(long nowNanos) {
        return Math.max(longest, nowNanos - last);
    }
}
