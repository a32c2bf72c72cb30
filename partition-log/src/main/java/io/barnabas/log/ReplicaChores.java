package io.barnabas.log;

import io.barnabas.log.compact.CleanableLog;
import io.barnabas.log.compact.CleanerStatus;
import io.barnabas.log.compact.CleanerThread;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done for all replicas of a node now and then: retention, compaction, flushing, scrubbing, the indexes. */
final class ReplicaChores implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaChores.class);
    private static final long REVIVE_EVERY_MS = 1_000;

    private final Supplier<Collection<RatisPartitionReplica>> replicas;
    private final PartitionHostConfig config;
    private final CleanerThread cleaner;
    private final IndexRebuild indexRebuild;
    private final RecoveryPoints recoveryPoints;
    private final Scrubber scrubber;
    private final ScheduledExecutorService retention = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("log-retention").factory());
    private final ScheduledExecutorService flusher = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("log-flusher").factory());

    ReplicaChores(Supplier<Collection<RatisPartitionReplica>> replicas, PartitionHostConfig config) {
        this.replicas = replicas;
        this.config = config;
        this.cleaner = new CleanerThread(config.cleaner(), this::cleanable, System::currentTimeMillis);
        this.indexRebuild = new IndexRebuild(replicas, config.indexConfig().rebuildBytesPerSecond());
        this.recoveryPoints = new RecoveryPoints(replicas);
        this.scrubber = new Scrubber(replicas, config.scrub());
    }

    /** @param revive starts again what was shut down without need */
    void start(Runnable revive) {
        cleaner.start();
        if (config.flushMode() == FlushMode.ASYNC) {
            flusher.scheduleWithFixedDelay(
                    this::flush, config.flushIntervalMs(), config.flushIntervalMs(), TimeUnit.MILLISECONDS);
        }
        indexRebuild.start();
        recoveryPoints.start();
        scrubber.start();
        retention.scheduleWithFixedDelay(revive, REVIVE_EVERY_MS, REVIVE_EVERY_MS, TimeUnit.MILLISECONDS);
        retention.scheduleWithFixedDelay(
                this::retain, config.retentionCheckMs(), config.retentionCheckMs(), TimeUnit.MILLISECONDS);
    }

    /** What compaction has done on this node. */
    CleanerStatus cleanerStatus() {
        return cleaner.status();
    }

    private List<CleanableLog> cleanable() {
        return replicas.get().stream()
                .map(replica -> replica.upkeep().cleanable())
                .flatMap(Optional::stream)
                .toList();
    }

    private void flush() {
        replicas.get().forEach(replica -> replica.upkeep().flush());
    }

    private void retain() {
        for (RatisPartitionReplica replica : replicas.get()) {
            try {
                replica.upkeep().retain();
            } catch (RuntimeException e) {
                LOG.warn("{}: retention failed and is tried again", replica, e);
            }
        }
    }

    @Override
    public void close() {
        indexRebuild.close();
        recoveryPoints.close();
        scrubber.close();
        cleaner.close();
        retention.shutdownNow();
        flusher.shutdown();
    }
}
