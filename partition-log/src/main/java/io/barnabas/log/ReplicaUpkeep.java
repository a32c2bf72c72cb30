package io.barnabas.log;

import io.barnabas.log.PartitionReplica.Offsets;
import io.barnabas.log.compact.CleanableLog;
import io.barnabas.log.rules.RetentionRule;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one replica has done to it now and then, on the threads of {@link ReplicaChores}. */
final class ReplicaUpkeep {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaUpkeep.class);
    private static final long SNAPSHOT_TIMEOUT_MS = 10_000;

    private final RatisPartitionReplica replica;
    private final PartitionEnvironment environment;
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();

    ReplicaUpkeep(RatisPartitionReplica replica, PartitionEnvironment environment) {
        this.replica = replica;
        this.environment = environment;
    }

    /** Makes durable what lies in the page cache. */
    void flush() {
        ReplicaLog open = replica.log();
        if (open != null && replica.failure().isEmpty()) {
            try {
                open.sync();
            } catch (IOException | RuntimeException e) {
                replica.fail("cannot write: " + e.getMessage(), e);
            }
        }
    }

    /** On the leader, gives up what retention no longer keeps. */
    void retain() {
        ReplicaLog open = replica.log();
        LogConfig.Retention retention = replica.config().retention();
        if (open == null || !retention.enabled() || !replica.leadership().local()) {
            return;
        }
        Offsets offsets = open.offsets();
        long start = new RetentionRule(retention.ms(), retention.bytes())
                .startAfter(
                        open.segments().facts(),
                        offsets.logStartOffset(),
                        offsets.highWatermark(),
                        environment.clockMs().getAsLong());
        if (start > offsets.logStartOffset()) {
            LOG.info(
                    "{}: retention moves the log start from offset {} to {}", replica, offsets.logStartOffset(), start);
            replica.trimTo(start);
        }
    }

    /** The log as the cleaner sees it, while it is served. */
    Optional<CleanableLog> cleanable() {
        ReplicaLog open = replica.servedLog();
        return open == null ? Optional.empty() : Optional.of(new CleanableReplica(replica, open));
    }

    /**
     * Restores what the index lacks; a damaged segment fails the replica.
     *
     * @param pace is told of bytes passed, and may wait
     * @return whether anything was missing
     */
    boolean restoreIndex(LongConsumer pace) {
        ReplicaLog open = replica.servedLog();
        if (open == null) {
            return false;
        }
        try {
            return open.segments().restoreIndex(pace);
        } catch (IOException e) {
            replica.fail("cannot be read to restore its index: " + e.getMessage(), e);
            return true;
        }
    }

    /** Bytes of batches that a restart after a crash would check. */
    long bytesSinceSnapshot() {
        ReplicaLog open = replica.servedLog();
        return open == null ? 0 : open.bytesSinceSnapshot();
    }

    /** Asks Ratis for a snapshot, unless nothing was applied since the last one. */
    void requestSnapshot() {
        replica.division().ifPresent(running -> environment.blocking().execute(() -> requestSnapshot(running)));
    }

    private void requestSnapshot(RaftServer.Division running) {
        try {
            running.getRaftServer()
                    .snapshotManagementAsync(SnapshotManagementRequest.newCreate(
                            clientId,
                            running.getId(),
                            running.getGroup().getGroupId(),
                            callIds.incrementAndGet(),
                            SNAPSHOT_TIMEOUT_MS,
                            1))
                    .exceptionally(error -> null);
        } catch (RuntimeException e) {
            LOG.debug("{}: asking for a snapshot failed", replica, e);
        }
    }
}
