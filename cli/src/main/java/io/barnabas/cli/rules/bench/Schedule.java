package io.barnabas.cli.rules.bench;

/**
 * When records are to be sent. A latency that is counted from the planned time, not from the time at which a sender that
 * was held up came round to it, does not leave out what the hold-up did to the records behind it (coordinated omission).
 *
 * @param beginNanos the time of the first record
 * @param perSecond records a second; 0 or less to send as fast as possible
 */
public record Schedule(long beginNanos, double perSecond) {

    private static final double SECOND = 1e9;

    public boolean isFlatOut() {
        return perSecond <= 0;
    }

    /** When the record of that number, from 0, is to be sent; the beginning when there is no rate. */
    public long timeOf(long number) {
        return isFlatOut() ? beginNanos : beginNanos + (long) (number * SECOND / perSecond);
    }

    /** The part of one of several senders that share the rate evenly and take turns. */
    public Schedule share(int sender, int senders) {
        return isFlatOut() ? this : new Schedule(timeOf(sender), perSecond / senders);
    }
}
