package io.barnabas.log;

import io.barnabas.log.compact.IoThrottle;
import io.barnabas.log.rules.ScrubSchedule;
import io.barnabas.log.rules.ScrubSchedule.Candidate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the closed segments of all replicas, one replica after the other and no faster than allowed, so that damage is
 * found while peers still have the data. The one that was read the longest ago is first, also after a restart.
 */
final class Scrubber implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);

    /** Replicas come and go meanwhile. */
    private static final long LONGEST_WAIT_MS = 60_000;

    private static final long SHORTEST_WAIT_MS = 50;

    private final Supplier<Collection<RatisPartitionReplica>> replicas;
    private final ScrubConfig config;
    private final ScrubSchedule schedule;
    private final IoThrottle throttle;
    private final CountDownLatch closing = new CountDownLatch(1);

    Scrubber(Supplier<Collection<RatisPartitionReplica>> replicas, ScrubConfig config) {
        this.replicas = replicas;
        this.config = config;
        this.schedule = new ScrubSchedule(config.intervalMs());
        this.throttle = new IoThrottle(config.bytesPerSecond(), System::nanoTime, this::waits);
    }

    void start() {
        if (config.bytesPerSecond() > 0) {
            Thread.ofPlatform()
                    .name("log-scrubber")
                    .daemon()
                    .priority(Thread.MIN_PRIORITY)
                    .start(this::run);
        }
    }

    private void run() {
        long wait = SHORTEST_WAIT_MS;
        while (!waits(TimeUnit.MILLISECONDS.toNanos(Math.clamp(wait, SHORTEST_WAIT_MS, LONGEST_WAIT_MS)))) {
            List<Candidate<RatisPartitionReplica>> candidates = replicas.get().stream()
                    .filter(replica -> replica.scrub().isPossible())
                    .filter(replica -> replica.scrub().hasClosedSegments())
                    .map(replica -> new Candidate<>(replica, replica.scrub().scrubbedAtMs()))
                    .toList();
            long now = System.currentTimeMillis();
            Optional<RatisPartitionReplica> next = schedule.next(candidates, now);
            try {
                next.ifPresent(replica -> replica.scrub().run(this::read));
            } catch (RuntimeException e) {
                LOG.warn("{}: scrubbing failed and is tried again", next.orElseThrow(), e);
                waits(TimeUnit.MILLISECONDS.toNanos(LONGEST_WAIT_MS));
            }
            wait = schedule.waitMs(candidates, now);
        }
    }

    /** Whether to go on. */
    private boolean read(long bytes) {
        throttle.used(bytes);
        return closing.getCount() > 0;
    }

    /** Whether the host closes. */
    private boolean waits(long nanos) {
        try {
            return closing.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Lets what is being read come to its end; nothing begins any more. */
    @Override
    public void close() {
        closing.countDown();
    }
}
