package io.barnabas.log;

import io.barnabas.log.rules.BatchCheck;
import io.barnabas.log.rules.BatchIntake;
import io.barnabas.log.rules.BatchRules;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Judges the batches that one partition is sent, in the order in which they came. Most are judged on the calling
 * thread, by their headers. Those whose records have to be looked at go to a worker, one after the other, and later
 * ones wait behind them: a producer's batches must reach the log in the order of their sequences.
 */
final class AppendIntake {

    private final Executor worker;
    private final LongSupplier clockMs;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private boolean working;

    AppendIntake(Executor worker, LongSupplier clockMs) {
        this.worker = worker;
        this.clockMs = clockMs;
    }

    /**
     * Judges a batch and passes it on, or says why not.
     *
     * @param batch stays unchanged until the future completes
     * @param append takes what is to be stored
     */
    CompletableFuture<AppendOutcome> take(
            ByteBuffer batch, LogConfig config, Function<BatchCheck.Valid, CompletableFuture<AppendOutcome>> append) {
        switch (BatchRules.check(batch, config.maxMessageBytes())) {
            case BatchCheck.Invalid invalid -> {
                return CompletableFuture.completedFuture(Refusals.of(invalid));
            }
            case BatchCheck.Valid framed -> {
                CompletableFuture<AppendOutcome> later = new CompletableFuture<>();
                boolean costly = BatchIntake.needsRecords(framed.header(), config);
                return waits(costly, () -> complete(later, () -> settle(framed, config, append)))
                        ? later
                        : settle(framed, config, append);
            }
        }
    }

    /** Whatever goes wrong with one batch, those behind it must get their turn. */
    private static void complete(
            CompletableFuture<AppendOutcome> later, Supplier<CompletableFuture<AppendOutcome>> task) {
        try {
            task.get().whenComplete((outcome, error) -> {
                if (error == null) {
                    later.complete(outcome);
                } else {
                    later.completeExceptionally(error);
                }
            });
        } catch (RuntimeException | OutOfMemoryError e) {
            later.completeExceptionally(e);
        }
    }

    private CompletableFuture<AppendOutcome> settle(
            BatchCheck.Valid framed,
            LogConfig config,
            Function<BatchCheck.Valid, CompletableFuture<AppendOutcome>> append) {
        return switch (BatchIntake.settle(framed, config, clockMs.getAsLong())) {
            case BatchCheck.Valid valid -> append.apply(valid);
            case BatchCheck.Invalid invalid -> CompletableFuture.completedFuture(Refusals.of(invalid));
        };
    }

    private boolean waits(boolean costly, Runnable task) {
        synchronized (waiting) {
            if (!costly && !working) {
                return false;
            }
            waiting.add(task);
            if (working) {
                return true;
            }
            working = true;
        }
        try {
            worker.execute(this::work);
        } catch (RejectedExecutionException e) {
            // The node stops: what waits is refused by a closed replica.
            work();
        }
        return true;
    }

    private void work() {
        while (true) {
            Runnable task;
            synchronized (waiting) {
                task = waiting.poll();
                if (task == null) {
                    working = false;
                    return;
                }
            }
            task.run();
        }
    }
}
