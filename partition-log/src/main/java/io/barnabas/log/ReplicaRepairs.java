package io.barnabas.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes replicas that failed anew: each leaves its group, begins empty, and asks until its group has it back. A repair
 * that a stop of the node broke off goes on with the next start.
 */
final class ReplicaRepairs {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaRepairs.class);
    private static final long JOIN_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final RepairFiles files;
    private final Replicas replicas;
    private final Executor blocking;
    private final Set<UUID> running = ConcurrentHashMap.newKeySet();
    private final Set<UUID> interrupted = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    /** What a repair needs of the host. */
    interface Replicas {

        /** What is asked of the replica now; none once it was removed. */
        Optional<PartitionSpec> spec(UUID groupId);

        /** Stops the replica and deletes its files. */
        CompletableFuture<Void> erase(UUID groupId);

        /** Starts the replica without files, as a member of nothing. */
        CompletableFuture<PartitionReplica> startEmpty(PartitionSpec spec);

        /** The group as its other members run it. */
        GroupMembership membership(PartitionSpec spec) throws IOException;
    }

    /**
     * Takes up what an earlier run left.
     *
     * @param directory of the files that note repairs under way
     * @param blocking runs what waits for others
     */
    ReplicaRepairs(Path directory, Replicas replicas, Executor blocking) throws IOException {
        this.files = new RepairFiles(directory);
        this.replicas = replicas;
        this.blocking = blocking;
        interrupted.addAll(files.begun());
    }

    /** The replicas whose repair was broken off: they have left their groups, or were about to. */
    Set<UUID> interrupted() {
        return Set.copyOf(interrupted);
    }

    /** Whether a repair of the replica runs. */
    boolean isRunning(UUID groupId) {
        return running.contains(groupId);
    }

    /** Goes on with a repair that was broken off; false when there is none. */
    boolean resume(PartitionSpec spec) {
        if (!interrupted.remove(spec.groupId())) {
            return false;
        }
        blocking.execute(() -> goOn(spec));
        return true;
    }

    /** Repairs a replica; completes when it has begun anew and only has to join. */
    CompletableFuture<Void> begin(PartitionSpec spec) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        beginAnew(spec);
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    } finally {
                        blocking.execute(() -> goOn(spec));
                    }
                },
                blocking);
    }

    /** What is gone for good needs no repair after the next start. */
    void end(UUID groupId) {
        try {
            files.end(groupId);
        } catch (IOException e) {
            LOG.warn("the repair of {} cannot be ended: {}", groupId, e.toString());
        }
    }

    /** Nothing is tried again from now on. */
    void close() {
        closing = true;
    }

    private void beginAnew(PartitionSpec spec) throws IOException {
        UUID groupId = spec.groupId();
        if (!running.add(groupId)) {
            throw new IOException(spec.topic() + "-" + spec.partition() + " is being repaired already");
        }
        try (GroupMembership membership = replicas.membership(spec)) {
            leave(groupId, membership);
            replicas.erase(groupId)
                    .thenCompose(erased -> replicas.startEmpty(spec))
                    .join();
            blocking.execute(() -> joinAgain(spec));
        } catch (IOException | RuntimeException e) {
            running.remove(groupId);
            throw e;
        }
    }

    private void leave(UUID groupId, GroupMembership membership) throws IOException {
        boolean left = files.begun().contains(groupId);
        files.begin(groupId);
        try {
            membership.leave();
            left = true;
        } finally {
            if (!left) {
                files.end(groupId);
            }
        }
    }

    /** Asks until the leader has brought the empty replica up to date and counts it. */
    private void joinAgain(PartitionSpec spec) {
        String reason = "";
        while (isWanted(spec)) {
            try (GroupMembership membership = replicas.membership(spec)) {
                membership.join();
                if (membership.isMember()) {
                    files.end(spec.groupId());
                    LOG.info("{}-{} is repaired", spec.topic(), spec.partition());
                    break;
                }
            } catch (IOException | RuntimeException e) {
                if (!reason.equals(e.toString())) {
                    reason = e.toString();
                    LOG.info("{}-{} is not back in its group yet: {}", spec.topic(), spec.partition(), reason);
                }
            }
            LockSupport.parkNanos(JOIN_RETRY_NANOS);
        }
        running.remove(spec.groupId());
    }

    /** Begins again, until the others let it, a repair that was broken off after the replica had left its group. */
    private void goOn(PartitionSpec spec) {
        String reason = "";
        while (isWanted(spec) && !isRunning(spec.groupId())) {
            try {
                if (files.begun().contains(spec.groupId())) {
                    beginAnew(spec);
                }
                return;
            } catch (IOException | RuntimeException e) {
                if (!reason.equals(e.toString())) {
                    reason = e.toString();
                    LOG.warn("the repair of {}-{} cannot go on yet: {}", spec.topic(), spec.partition(), reason);
                }
            }
            LockSupport.parkNanos(JOIN_RETRY_NANOS);
        }
    }

    private boolean isWanted(PartitionSpec spec) {
        return !closing && replicas.spec(spec.groupId()).isPresent();
    }
}
