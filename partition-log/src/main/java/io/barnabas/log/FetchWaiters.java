package io.barnabas.log;

import io.barnabas.log.PartitionReplica.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Those who wait for the high watermark to pass an offset. Wakes outside its own lock, so a waiter may call back. */
final class FetchWaiters {

    private final NavigableMap<Long, Set<Waiter>> byOffset = new TreeMap<>();

    /** Adds a waiter; the caller looks at the high watermark afterwards, so that no advance in between is missed. */
    Registration add(long offset, Runnable wake) {
        Waiter waiter = new Waiter(offset, wake);
        synchronized (byOffset) {
            byOffset.computeIfAbsent(offset, o -> ConcurrentHashMap.newKeySet()).add(waiter);
        }
        return waiter;
    }

    /** Wakes all who wait for an offset below {@code highWatermark}. */
    void advanced(long highWatermark) {
        List<Waiter> due;
        synchronized (byOffset) {
            if (byOffset.isEmpty() || byOffset.firstKey() >= highWatermark) {
                return;
            }
            NavigableMap<Long, Set<Waiter>> below = byOffset.headMap(highWatermark, false);
            due = collect(below);
            below.clear();
        }
        due.forEach(Waiter::run);
    }

    /** Wakes everybody: the leadership changed or the replica closes. */
    void wakeAll() {
        List<Waiter> due;
        synchronized (byOffset) {
            due = collect(byOffset);
            byOffset.clear();
        }
        due.forEach(Waiter::run);
    }

    private static List<Waiter> collect(NavigableMap<Long, Set<Waiter>> waiters) {
        List<Waiter> all = new ArrayList<>();
        waiters.values().forEach(all::addAll);
        return all;
    }

    private final class Waiter implements Registration {
        private final long offset;
        private final Runnable wake;

        Waiter(long offset, Runnable wake) {
            this.offset = offset;
            this.wake = wake;
        }

        void run() {
            wake.run();
        }

        @Override
        public void close() {
            synchronized (byOffset) {
                Set<Waiter> same = byOffset.get(offset);
                if (same != null && same.remove(this) && same.isEmpty()) {
                    byOffset.remove(offset);
                }
            }
        }
    }
}
