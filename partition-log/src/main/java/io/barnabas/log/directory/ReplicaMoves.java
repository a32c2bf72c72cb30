package io.barnabas.log.directory;

import io.barnabas.log.compact.IoThrottle;
import io.barnabas.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves replicas to other log directories of the node, one at a time.
 *
 * <p>Closed segments are copied while the replica runs. Then it is stopped, the rest is copied and synced, the record of
 * places is changed, which is the moment of the move, the copy gets its name, and the replica is started from it. What
 * a crash leaves is put in order at the next start by {@link io.barnabas.log.rules.PlaceRecovery}.
 */
public final class ReplicaMoves implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaMoves.class);

    /** So little may be left to copy while the replica is stopped. */
    private static final long LITTLE_BYTES = 8L << 20;

    private static final int PASSES = 8;
    private static final long STOP_SECONDS = 30;

    private final LogDirectories directories;
    private final SegmentFiles files;
    private final IoThrottle throttle;
    private final Replicas replicas;
    private final Map<UUID, Move> moves = new ConcurrentHashMap<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("replica-mover").factory());

    /** Stops and starts replicas. */
    public interface Replicas {

        /** Stops one, handing over its lead; completes when no file of it is open. */
        CompletableFuture<Void> stop(UUID groupId);

        /** Starts one from where it is recorded; one that cannot be started fails for good. */
        CompletableFuture<Void> start(UUID groupId);
    }

    private record Move(LogDirectory target, ReplicaCopy copy, CompletableFuture<Void> done) {}

    /**
     * @param bytesPerSecond how fast files are copied
     */
    public ReplicaMoves(LogDirectories directories, SegmentFiles files, long bytesPerSecond, Replicas replicas) {
        this.directories = directories;
        this.files = files;
        this.throttle = new IoThrottle(bytesPerSecond, System::nanoTime, LockSupport::parkNanos);
        this.replicas = replicas;
    }

    /** Moves a replica; at once when it lives there. Fails while another move of the same replica goes on. */
    public CompletableFuture<Void> move(UUID groupId, LogDirectory target) {
        LogDirectory source = directories.of(groupId).orElse(null);
        if (source == null || !source.isOnline() || !target.isOnline()) {
            return CompletableFuture.failedFuture(new IOException("replica " + groupId + " cannot be moved from "
                    + (source == null ? "an unknown directory" : source) + " to " + target
                    + "; both must be online"));
        }
        Move present = moves.get(groupId);
        if (present != null && present.target() == target) {
            return present.done();
        }
        if (present == null && source == target) {
            return CompletableFuture.completedFuture(null);
        }
        Path to = PlaceScan.beside(target.replica(groupId), PlaceScan.COPY);
        Move move = new Move(
                target, new ReplicaCopy(source.replica(groupId), to, files, throttle), new CompletableFuture<>());
        if (moves.putIfAbsent(groupId, move) != null) {
            return CompletableFuture.failedFuture(
                    new IOException("replica " + groupId + " is being moved to another directory; wait for that"));
        }
        try {
            thread.execute(() -> run(groupId, source, move));
        } catch (RejectedExecutionException e) {
            moves.remove(groupId);
            return CompletableFuture.failedFuture(e);
        }
        return move.done();
    }

    private void run(UUID groupId, LogDirectory source, Move move) {
        try {
            LOG.info("replica {} moves from {} to {}", groupId, source, move.target());
            move(groupId, source, move);
            LOG.info("replica {} moved to {}", groupId, move.target());
            moves.remove(groupId);
            move.done().complete(null);
        } catch (IOException | RuntimeException e) {
            LOG.warn("replica {} could not be moved from {} to {}", groupId, source, move.target(), e);
            directories.check(move.target());
            moves.remove(groupId);
            move.done().completeExceptionally(e);
        }
    }

    private void move(UUID groupId, LogDirectory source, Move move) throws IOException {
        ReplicaCopy copy = move.copy();
        try {
            copy.clear();
            for (int pass = 0; pass < PASSES && copy.copyClosed() > LITTLE_BYTES; pass++) {
                LOG.debug("replica {}: {} bytes copied", groupId, copy.copiedBytes());
            }
            try {
                await(replicas.stop(groupId));
                copy.copyRest();
                directories.moved(groupId, move.target());
                PlaceScan.condemn(source.replica(groupId));
            } finally {
                await(replicas.start(groupId));
            }
        } catch (IOException | RuntimeException e) {
            boolean stayed = directories
                    .of(groupId)
                    .filter(home -> home == move.target())
                    .isEmpty();
            if (stayed) {
                copy.clear();
            }
            throw e;
        }
        PlaceScan.deleteCondemned(source.replica(groupId));
        source.index().ifPresent(index -> index.partition(groupId).clear());
    }

    private static void await(CompletableFuture<Void> step) throws IOException {
        try {
            step.get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the replica did not stop or start: " + e, e);
        }
    }

    /** Whether a replica is waiting to be moved, or is being moved. */
    public boolean isMoving(UUID groupId) {
        return moves.containsKey(groupId);
    }

    /** Completes when a replica is not being moved, or no longer. */
    public CompletableFuture<Void> settled(UUID groupId) {
        Move move = moves.get(groupId);
        return move == null
                ? CompletableFuture.completedFuture(null)
                : move.done().handle((done, error) -> null);
    }

    /** Gives a move up unless it is done; completes when the replica is not being moved any more. */
    public CompletableFuture<Void> cancel(UUID groupId) {
        Move move = moves.get(groupId);
        if (move != null) {
            move.copy().cancel();
        }
        return settled(groupId);
    }

    /** The moves that go on or wait. */
    public List<ReplicaMoveStatus> status() {
        return moves.entrySet().stream()
                .map(entry -> new ReplicaMoveStatus(
                        entry.getKey(),
                        entry.getValue().target().path(),
                        entry.getValue().copy().copiedBytes(),
                        entry.getValue().copy().copiedOffset()))
                .toList();
    }

    /** Gives all moves up; replicas that were stopped for theirs are started again before it returns. */
    @Override
    public void close() {
        thread.shutdown();
        moves.values().forEach(move -> move.copy().cancel());
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a move did not stop; the next start puts its files in order");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
