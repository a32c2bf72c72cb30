package io.barnabas.net.kafka.handler;

import io.barnabas.log.AppendOutcome;
import io.barnabas.log.AppendRefusal;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code timeout.ms} of one Produce request. One timer of its connection's event loop for all its appends: the timer
 * that {@link CompletableFuture#completeOnTimeout} shares among all threads is woken twice for each append.
 */
final class AppendDeadline {

    private static final Logger LOG = LoggerFactory.getLogger(AppendDeadline.class);

    private final long timeoutMs;
    private final List<CompletableFuture<AppendOutcome>> appends = new ArrayList<>();

    AppendDeadline(int timeoutMs) {
        this.timeoutMs = Math.max(1, timeoutMs);
    }

    /** Refuses the append when it takes longer, once the deadline is {@link #start started}. */
    CompletableFuture<AppendOutcome> limit(CompletableFuture<AppendOutcome> append) {
        appends.add(append);
        return append;
    }

    /** @param all completes when every append has */
    void start(EventLoop timer, CompletableFuture<?> all) {
        if (all.isDone()) {
            return;
        }
        try {
            ScheduledFuture<?> expiry = timer.schedule(this::expire, timeoutMs, TimeUnit.MILLISECONDS);
            all.whenComplete((done, error) -> expiry.cancel(false));
        } catch (RejectedExecutionException e) {
            LOG.debug("the node stops; an append has no deadline any more", e);
        }
    }

    private void expire() {
        AppendOutcome late =
                new AppendOutcome.Refused(AppendRefusal.TIMED_OUT, "no majority answered within " + timeoutMs + " ms");
        appends.forEach(append -> append.complete(late));
    }
}
