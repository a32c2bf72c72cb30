package io.barnabas.chaos.run;

import io.barnabas.chaos.cluster.HostCommandException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Something that is wrong and right by turns, until it is ended. */
final class Alternation {

    private final Runnable wrong;
    private final Runnable right;
    private final Duration period;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable HostCommandException failure;

    /**
     * Begins with the wrong.
     *
     * @throws HostCommandException when that fails
     */
    Alternation(Runnable wrong, Runnable right, Duration period) {
        this.wrong = wrong;
        this.right = right;
        this.period = period;
        wrong.run();
        this.thread = Thread.ofPlatform().name("alternation").start(this::alternate);
    }

    private void alternate() {
        boolean isWrong = true;
        try {
            while (!ended.await(period.toMillis(), TimeUnit.MILLISECONDS)) {
                (isWrong ? right : wrong).run();
                isWrong = !isWrong;
            }
            if (isWrong) {
                right.run();
            }
        } catch (HostCommandException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * All is right on return.
     *
     * @throws HostCommandException when a change failed; the right is tried once more then
     */
    void end() {
        ended.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        HostCommandException failed = failure;
        if (failed != null) {
            failure = null;
            right.run();
            throw failed;
        }
    }
}
