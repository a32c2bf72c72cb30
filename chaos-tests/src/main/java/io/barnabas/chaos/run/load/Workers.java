package io.barnabas.chaos.run.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** The threads of one workload. */
final class Workers {

    /** What one thread does, until {@link #stopped}. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    private final String name;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean stopped;

    Workers(String name) {
        this.name = name;
    }

    void start(Work work) {
        threads.add(Thread.ofPlatform()
                .name(name + "-" + threads.size())
                .daemon(true)
                .start(() -> run(work)));
    }

    /** An error in a workload must not look like a quiet cluster. */
    private void run(Work work) {
        try {
            work.run();
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
    }

    boolean stopped() {
        return stopped;
    }

    /** Waits, but not for longer than until the workload is stopped. */
    void pause(Duration time) {
        if (!stopped) {
            LockSupport.parkNanos(time.toNanos());
        }
    }

    /**
     * Tells all threads to end and waits for them.
     *
     * @throws IllegalStateException when one ended with an exception or does not end in time
     */
    void stop(Duration patience) throws InterruptedException {
        stopped = true;
        threads.forEach(LockSupport::unpark);
        long giveUp = System.nanoTime() + patience.toNanos();
        for (Thread thread : threads) {
            if (!thread.join(Duration.ofNanos(Math.max(1, giveUp - System.nanoTime())))) {
                throw new IllegalStateException(thread.getName() + " did not end within " + patience);
            }
        }
        Throwable cause = failure.get();
        if (cause != null) {
            throw new IllegalStateException("a client of workload " + name + " ended by itself: " + cause, cause);
        }
    }

    /** Tells all threads to end at once, without waiting. */
    void interrupt() {
        stopped = true;
        threads.forEach(Thread::interrupt);
    }
}
