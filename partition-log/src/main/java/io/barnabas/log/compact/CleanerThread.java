package io.barnabas.log.compact;

import io.barnabas.log.CleanerConfig;
import io.barnabas.log.rules.CleanPlan;
import io.barnabas.log.segment.CorruptLogException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread of a node that compacts logs, the dirtiest of those that are due first. */
public final class CleanerThread implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CleanerThread.class);
    private static final long STOP_TIMEOUT_MS = 10_000;
    /** A log whose cleaning failed rests for so many backoffs. */
    private static final int FAILED_BACKOFFS = 20;

    private final CleanerConfig config;
    private final Supplier<? extends Collection<? extends CleanableLog>> logs;
    private final LongSupplier clockMs;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final LogCleaner cleaner;
    private final Map<String, Long> restUntilMs = new HashMap<>();
    private final Thread thread;
    private volatile CleanerStatus status = CleanerStatus.NONE;

    /**
     * @param logs the node's logs, asked for before each cleaning; those whose topics want no compaction may be among
     *     them
     * @param clockMs the time of day
     */
    public CleanerThread(
            CleanerConfig config, Supplier<? extends Collection<? extends CleanableLog>> logs, LongSupplier clockMs) {
        this.config = config;
        this.logs = logs;
        this.clockMs = clockMs;
        this.cleaner = new LogCleaner(
                config.dedupeBufferBytes(),
                new IoThrottle(config.ioMaxBytesPerSecond(), System::nanoTime, this::rest),
                this::isStopped);
        this.thread = Thread.ofPlatform().name("log-cleaner").daemon().unstarted(this::run);
    }

    /** Begins, unless {@code log.cleaner.enable} is off. */
    public void start() {
        if (config.enabled()) {
            thread.start();
        }
    }

    /** What was done so far. */
    public CleanerStatus status() {
        return status;
    }

    private void run() {
        while (!isStopped()) {
            boolean worked = false;
            try {
                worked = cleanDirtiest();
            } catch (RuntimeException e) {
                LOG.warn("looking for logs to clean failed and is tried again", e);
            }
            if (!worked) {
                rest(TimeUnit.MILLISECONDS.toNanos(config.backoffMs()));
            }
        }
    }

    private record Choice(CleanableLog log, CleanPlan plan) {}

    private boolean cleanDirtiest() {
        long now = clockMs.getAsLong();
        restUntilMs.values().removeIf(until -> until <= now);
        Choice dirtiest = null;
        for (CleanableLog log : logs.get()) {
            if (!log.config().compaction().enabled() || restUntilMs.containsKey(log.name())) {
                continue;
            }
            CleanPlan plan = LogCleaner.plan(log, now);
            if (!plan.due() && LogCleaner.planAfterSnapshot(log, now).due()) {
                log.requestSnapshot();
            }
            if (plan.due()
                    && (dirtiest == null || plan.dirtyRatio() > dirtiest.plan().dirtyRatio())) {
                dirtiest = new Choice(log, plan);
            }
        }
        if (dirtiest == null) {
            return false;
        }
        clean(dirtiest.log(), dirtiest.plan(), now);
        return true;
    }

    private void clean(CleanableLog log, CleanPlan plan, long nowMs) {
        try {
            Optional<CleanReport> report = cleaner.clean(log, plan, nowMs);
            if (report.isPresent()) {
                cleaned(log, plan, report.get(), nowMs);
            } else {
                restUntilMs.put(log.name(), nowMs + config.backoffMs());
            }
        } catch (InterruptedIOException e) {
            LOG.debug("{}: {}", log.name(), e.getMessage());
        } catch (CorruptLogException e) {
            failed(log, nowMs);
            log.failed("compaction found that " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            failed(log, nowMs);
            LOG.warn("{}: cleaning failed, the log stays as it was and is tried again later", log.name(), e);
        }
    }

    private void cleaned(CleanableLog log, CleanPlan plan, CleanReport report, long startMs) {
        long end = clockMs.getAsLong();
        status = status.plus(report, end, end - startMs);
        LOG.info(
                "{}: cleaned offsets {} to {} in {} passes and {} ms: {} of {} records and {} of {} bytes stay, in {}"
                        + " of {} segments",
                log.name(),
                plan.fromOffset(),
                report.cleanedTo(),
                report.passes(),
                end - startMs,
                report.recordsKept(),
                report.recordsRead(),
                log.segments().sizeInBytes(),
                plan.cleanBytes() + plan.dirtyBytes(),
                report.segmentsAfter(),
                report.segmentsBefore());
    }

    private void failed(CleanableLog log, long nowMs) {
        status = status.plusFailure();
        restUntilMs.put(log.name(), nowMs + FAILED_BACKOFFS * config.backoffMs());
    }

    private boolean isStopped() {
        return stopped.getCount() == 0;
    }

    private void rest(long nanos) {
        try {
            if (stopped.await(nanos, TimeUnit.NANOSECONDS)) {
                LOG.debug("the log cleaner stops");
            }
        } catch (InterruptedException e) {
            stopped.countDown();
        }
    }

    /** Stops soon: what is being written is given up. */
    @Override
    public void close() {
        stopped.countDown();
        try {
            if (thread.isAlive() && !thread.join(Duration.ofMillis(STOP_TIMEOUT_MS))) {
                LOG.warn("the log cleaner did not stop within {} ms", STOP_TIMEOUT_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
