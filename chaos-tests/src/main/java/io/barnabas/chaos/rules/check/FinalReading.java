package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;

/** How far one client read a partition after everything was over: one bit per offset. */
final class FinalReading {

    private final int client;
    private final long first;
    private final LongColumn present = new LongColumn();
    private long next;
    private long highWatermark = -1;
    private long logStart = -1;

    FinalReading(int client, Call.Poll poll) {
        this.client = client;
        first = poll.position();
        next = poll.position();
    }

    void took(Answer.Polled polled) {
        next = Math.max(next, polled.nextPosition());
        highWatermark = Math.max(highWatermark, polled.highWatermark());
        logStart = Math.max(logStart, polled.logStart());
    }

    /** At this offset lies what was acknowledged there, or something whose acknowledgement nobody saw. */
    void saw(long offset) {
        present.setBit(offset);
    }

    boolean has(long offset) {
        return present.bit(offset);
    }

    int client() {
        return client;
    }

    /** The log's beginning: as the server told it, otherwise where the reader began. */
    long start() {
        return logStart >= 0 ? logStart : first;
    }

    /** Where the reader began. */
    long first() {
        return first;
    }

    long next() {
        return next;
    }

    /** -1 when the client does not show it. */
    long highWatermark() {
        return highWatermark;
    }

    /** Whether it came to the high watermark; false too when the client does not show it. */
    boolean isToTheEnd() {
        return highWatermark >= 0 && next >= highWatermark;
    }

    /** Why this reading did not see the whole log; empty when it did. */
    String gap() {
        if (first > start()) {
            return "client " + client + " began its last reading at " + first + ", the log begins at " + start();
        }
        if (next < highWatermark) {
            return "client " + client + " ended its last reading at " + next + ", the high watermark is "
                    + highWatermark;
        }
        return "";
    }

    @Override
    public String toString() {
        return "client " + client + "'s last reading of [" + start() + ", " + next + ")";
    }
}
