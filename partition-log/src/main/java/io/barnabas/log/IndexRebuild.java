package io.barnabas.log;

import java.util.Collection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores index entries that are missing, one partition after the other and no faster than allowed, on a thread of
 * its own. The partitions serve meanwhile, by scanning the segments that are not indexed.
 */
final class IndexRebuild implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(IndexRebuild.class);
    private static final long CHECK_MS = 2_000;

    private final Supplier<Collection<RatisPartitionReplica>> replicas;
    private final long bytesPerSecond;
    private final CountDownLatch closing = new CountDownLatch(1);
    private long passed;

    IndexRebuild(Supplier<Collection<RatisPartitionReplica>> replicas, long bytesPerSecond) {
        this.replicas = replicas;
        this.bytesPerSecond = bytesPerSecond;
    }

    void start() {
        Thread.ofPlatform()
                .name("log-index-rebuild")
                .daemon()
                .priority(Thread.MIN_PRIORITY)
                .start(this::run);
    }

    private void run() {
        while (!waits(TimeUnit.MILLISECONDS.toNanos(CHECK_MS))) {
            long begun = System.nanoTime();
            passed = 0;
            int restored = 0;
            for (RatisPartitionReplica replica : replicas.get()) {
                if (closing.getCount() > 0 && replica.upkeep().restoreIndex(this::pace)) {
                    restored++;
                }
            }
            if (passed > 0) {
                LOG.info(
                        "index entries of {} partitions were restored from {} bytes of segments in {} ms",
                        restored,
                        passed,
                        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
            }
        }
    }

    private void pace(long bytes) {
        passed += bytes;
        waits(TimeUnit.SECONDS.toNanos(1) * bytes / bytesPerSecond);
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

    /** Lets what runs come to its end; nothing begins any more. */
    @Override
    public void close() {
        closing.countDown();
    }
}
