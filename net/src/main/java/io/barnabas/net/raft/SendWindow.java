package io.barnabas.net.raft;

import io.barnabas.net.raft.RaftTransportConfig.Window;
import java.util.function.LongBinaryOperator;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.Timestamp;
import org.jspecify.annotations.Nullable;

/**
 * How far one group's log is sent to one follower. Raft's {@code nextIndex} and what is in flight change together under
 * the lock here. A request is in flight before {@code nextIndex} passes it, so that a heartbeat that reads them in the
 * other order never names an entry that may not have arrived.
 *
 * <p>One thread at a time sends, by {@link #begin} and then {@link #sent}; any may tell of answers meanwhile.
 */
final class SendWindow {

    /** From {@link #begin}: nothing may be sent now. */
    static final long NOTHING = RaftLog.INVALID_LOG_INDEX;

    private final EventLogAppender appender;
    private final LongFunction<LongUnaryOperator> nextAfterError;
    private final LongBinaryOperator nextAfterInconsistency;
    private final Object lock = new Object();
    private final InFlight inFlight;
    /** Grows whenever what was sent is forgotten. */
    private long resets;
    /** Until the follower's log is known to agree, one request at a time. */
    private boolean probing = true;

    private volatile boolean empty = true;

    /** The sender's own: what {@link #begin} saw. */
    private long begunAfterResets;

    private int mostEntries;

    /**
     * @param nextAfterError Ratis' rule for an entry that may not have arrived
     * @param nextAfterInconsistency Ratis' rule for the first entry of a request (-1 for a heartbeat) and where its
     *     reply wants to go on
     */
    SendWindow(
            EventLogAppender appender,
            Window limits,
            LongFunction<LongUnaryOperator> nextAfterError,
            LongBinaryOperator nextAfterInconsistency) {
        this.appender = appender;
        this.inFlight = new InFlight(limits);
        this.nextAfterError = nextAfterError;
        this.nextAfterInconsistency = nextAfterInconsistency;
    }

    /** Whether all that was sent is answered; waits for no lock. */
    boolean isEmpty() {
        return empty;
    }

    /** @return index of the entry that goes next, or {@link #NOTHING} */
    long begin() {
        synchronized (lock) {
            if (!appender.hasAppendEntries() || (probing ? !inFlight.isEmpty() : !inFlight.hasRoom())) {
                return NOTHING;
            }
            begunAfterResets = resets;
            mostEntries = inFlight.entriesLeft();
            return appender.getFollower().getNextIndex();
        }
    }

    /** How many entries the request that was begun may have. */
    int mostEntries() {
        return mostEntries;
    }

    /**
     * The request that was begun is about to leave.
     *
     * @param first index of its first entry
     * @return false when that must not be, since it goes on elsewhere by now
     */
    boolean sent(long callId, long first, EntryBatch batch) {
        synchronized (lock) {
            if (begunAfterResets != resets) {
                return false;
            }
            empty = false;
            inFlight.add(
                    callId, new InFlight.Sent(first, batch.entries().size(), batch.bytes(), Timestamp.currentTime()));
            appender.getFollower().increaseNextIndex(first + batch.entries().size());
            return true;
        }
    }

    /** @return what the call was; null when it is forgotten */
    InFlight.@Nullable Sent answered(long callId) {
        synchronized (lock) {
            InFlight.Sent sent = inFlight.remove(callId);
            empty = inFlight.isEmpty();
            return sent;
        }
    }

    /** The follower's log agrees with this one. */
    void agreed() {
        synchronized (lock) {
            probing = false;
        }
    }

    /**
     * The follower's log does not agree: goes on where the follower says.
     *
     * @param sent what it answers; null for a heartbeat, which is out of date when entries are in flight
     * @return whether it was not out of date
     */
    boolean disagreed(InFlight.@Nullable Sent sent, long followerNext) {
        synchronized (lock) {
            if (sent == null && !inFlight.isEmpty()) {
                return false;
            }
            forget();
            long first = sent == null ? RaftLog.INVALID_LOG_INDEX : sent.first();
            appender.getFollower().setNextIndex(nextAfterInconsistency.applyAsLong(first, followerNext));
            return true;
        }
    }

    /**
     * The follower's node could not take a request: goes on with its first entry.
     *
     * @return false when it is forgotten
     */
    boolean refused(long callId) {
        synchronized (lock) {
            InFlight.Sent sent = inFlight.remove(callId);
            if (sent == null) {
                return false;
            }
            restartFrom(sent.first());
            return true;
        }
    }

    /** Goes on with the oldest entry that is not answered, when it has waited for too long; whether it has. */
    boolean expire(long limitMs) {
        synchronized (lock) {
            boolean expired = inFlight.hasExpired(limitMs);
            if (expired) {
                // The follower may have the entries and only its answer be lost: a heartbeat would not tell.
                restartFrom(inFlight.first());
            }
            return expired;
        }
    }

    /** Nobody knows what arrived: goes on with the oldest entry that is not answered. */
    void restart() {
        synchronized (lock) {
            restartFrom(inFlight.first());
        }
    }

    /** Forgets what is in flight and sends again from an entry on, unless that is negative. */
    private void restartFrom(long first) {
        forget();
        if (first >= 0) {
            appender.getFollower().computeNextIndex(nextAfterError.apply(first));
        }
    }

    private void forget() {
        inFlight.clear();
        empty = true;
        probing = true;
        resets++;
    }
}
