package io.barnabas.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs things at the same time, each on a thread of its own. */
final class Parallel {

    private Parallel() {}

    /** The results in the order of the tasks, when all have ended; fails as the first of them that failed. */
    static <T> List<T> run(List<? extends Callable<T>> tasks) {
        List<Future<T>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().daemon().name("bench-", 0).factory())) {
            tasks.forEach(task -> running.add(threads.submit(task)));
            List<T> results = new ArrayList<>();
            for (Future<T> task : running) {
                results.add(task.get());
            }
            return results;
        } catch (ExecutionException e) {
            Throwable cause = Failures.cause(e);
            throw new CommandFailedException(Failures.line(cause), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
    }
}
