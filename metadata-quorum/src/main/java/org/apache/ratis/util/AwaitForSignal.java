package org.apache.ratis.util;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one thread wait until others signal. Stands in for Ratis' class of this name, which forgets a signal that comes
 * while nobody waits: a state machine updater that has just seen that there is nothing to apply misses the next commit,
 * and so looks again every 100 ms, in each group of a node (docs/ratis-findings). Here a signal is kept for the one who
 * waits next, and an updater, to which all changes are signalled, waits longer than it asks for.
 *
 * <p>The class path has to have this one first, as it has to for {@link AtomicFileOutputStream}, which is in the same jar.
 */
public class AwaitForSignal {

    private static final String UPDATER = "-StateMachineUpdater";

    /** Not for ever, in case Ratis signals less one day. */
    private static final long UPDATER_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String name;
    private final boolean updater;
    private final Lock lock = new ReentrantLock();
    private final Condition condition = lock.newCondition();
    private boolean signaled;

    /** @param name of the one who waits */
    public AwaitForSignal(Object name) {
        this.name = name + "-AwaitForSignal";
        this.updater = name.toString().endsWith(UPDATER);
    }

    /** Waits for a signal, or takes the one that came since the last was taken. */
    public void await() throws InterruptedException {
        lock.lock();
        try {
            while (!signaled) {
                condition.await();
            }
            signaled = false;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The same, for a time.
     *
     * @return whether there was a signal
     */
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        if (time <= 0) {
            return false;
        }
        long left = updater ? Math.max(unit.toNanos(time), UPDATER_NANOS) : unit.toNanos(time);
        lock.lock();
        try {
            while (!signaled) {
                if (left <= 0) {
                    return false;
                }
                left = condition.awaitNanos(left);
            }
            signaled = false;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the waiting, or the next if nobody waits now. */
    public void signal() {
        lock.lock();
        try {
            signaled = true;
            condition.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
