package io.barnabas.log;

import java.util.Collection;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Keeps what a crash leaves to be checked small: a replica opens with the batches above its newest snapshot checked by
 * CRC, and Ratis takes snapshots by number of entries, however large their batches are. So each replica that has
 * applied many bytes since its last snapshot is asked for one.
 */
final class RecoveryPoints implements AutoCloseable {

    /** At a gigabyte per second, 200 replicas with half of it each are checked in about three seconds. */
    private static final long MAX_BYTES = 32L << 20;

    private static final long CHECK_MS = 1_000;

    private final Supplier<Collection<RatisPartitionReplica>> replicas;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("log-recovery-points").factory());

    RecoveryPoints(Supplier<Collection<RatisPartitionReplica>> replicas) {
        this.replicas = replicas;
    }

    void start() {
        timer.scheduleWithFixedDelay(this::check, CHECK_MS, CHECK_MS, TimeUnit.MILLISECONDS);
    }

    private void check() {
        for (RatisPartitionReplica replica : replicas.get()) {
            if (replica.upkeep().bytesSinceSnapshot() >= MAX_BYTES) {
                replica.upkeep().requestSnapshot();
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
