package io.barnabas.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What waits, in order, until its replica is awake and leads again; not for long, and not too much of it. */
final class WaitingForLead {

    private static final long MAX_BYTES = 16 << 20;
    private static final int MAX_PROPOSALS = 10_000;
    private static final long PATIENCE_MS = 5_000;

    private final RatisPartitionReplica replica;
    private final Executor blocking;
    private final Runnable changed;
    private final Deque<Proposal> waiting = new ArrayDeque<>();
    private long bytes;
    private long round;
    private boolean draining;
    /** Nothing waits and nothing is being passed on. */
    private volatile boolean clear = true;

    /** Something that must go through Raft. */
    interface Proposal {

        int sizeInBytes();

        void go();

        void refuse(AppendRefusal reason, String message);
    }

    /**
     * @param blocking passes on what waited
     * @param changed called when {@link #passes} turns true
     */
    WaitingForLead(RatisPartitionReplica replica, Executor blocking, Runnable changed) {
        this.replica = replica;
        this.blocking = blocking;
        this.changed = changed;
    }

    /** Whether nothing is before a new proposal. */
    boolean passes() {
        return clear;
    }

    /**
     * Holds a proposal back.
     *
     * @param needless whether, by now, it need not wait; then it goes
     * @return whether it waits
     */
    boolean hold(Proposal proposal, BooleanSupplier needless) {
        boolean full;
        synchronized (waiting) {
            full = bytes + proposal.sizeInBytes() > MAX_BYTES || waiting.size() >= MAX_PROPOSALS;
            if (!full && !(clear && needless.getAsBoolean())) {
                if (clear) {
                    clear = false;
                    long now = ++round;
                    CompletableFuture.delayedExecutor(PATIENCE_MS, TimeUnit.MILLISECONDS, blocking)
                            .execute(() -> giveUp(now));
                }
                waiting.add(proposal);
                bytes += proposal.sizeInBytes();
                return true;
            }
        }
        if (full) {
            proposal.refuse(AppendRefusal.OVERLOADED, replica + " is being woken, and too much waits for it");
        } else {
            proposal.go();
        }
        return false;
    }

    /** The replica leads: what waits goes. */
    void led() {
        synchronized (waiting) {
            if (clear || draining) {
                return;
            }
            draining = true;
        }
        blocking.execute(this::drain);
    }

    private void drain() {
        while (true) {
            Proposal next;
            synchronized (waiting) {
                next = waiting.poll();
                if (next == null) {
                    finished();
                    break;
                }
                bytes -= next.sizeInBytes();
            }
            next.go();
        }
        changed.run();
    }

    private void finished() {
        draining = false;
        clear = true;
        bytes = 0;
    }

    /** The replica is awake, or closed: what waits may go if it leads, or cannot wait any longer. */
    void mayGoOn() {
        if (!clear && (replica.leadsByRaft() || replica.unable().isPresent())) {
            led();
        }
    }

    /** Another may lead: then what waits is of no use here. */
    void leaderChanged() {
        if (!clear && replica.isLedElsewhere()) {
            refuse(Long.MAX_VALUE);
        }
    }

    private void giveUp(long ofRound) {
        refuse(ofRound);
    }

    private void refuse(long ofRound) {
        List<Proposal> refused;
        synchronized (waiting) {
            if (clear || draining || ofRound < round) {
                return;
            }
            refused = new ArrayList<>(waiting);
            waiting.clear();
            finished();
        }
        changed.run();
        refused.forEach(each -> each.refuse(AppendRefusal.NOT_LEADER, replica + " was woken and does not lead"));
    }
}
