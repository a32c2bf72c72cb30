package io.barnabas.log;

import io.barnabas.log.PartitionReplica.EpochEnd;
import io.barnabas.log.PartitionReplica.OffsetQuery;
import io.barnabas.log.PartitionReplica.Offsets;
import io.barnabas.log.PartitionReplica.Registration;
import io.barnabas.log.PartitionReplica.TimestampOffset;
import io.barnabas.log.segment.CorruptLogException;
import io.barnabas.log.segment.DiskFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** Reads a replica's log, and wakes those who wait until there is more to read. What is damaged fails the replica. */
final class ReplicaReads {

    private final RatisPartitionReplica replica;
    private final Executor blocking;
    private final FetchWaiters waiters = new FetchWaiters();

    ReplicaReads(RatisPartitionReplica replica, Executor blocking) {
        this.replica = replica;
        this.blocking = blocking;
    }

    /** As {@link PartitionReplica#read}. */
    ReadOutcome read(long offset, int maxBytes, boolean atLeastOne) {
        ReplicaLog open = replica.servedLog();
        if (open == null) {
            return new ReadOutcome.Unavailable(replica + " " + replica.failure().orElse("is not open"));
        }
        Offsets offsets = open.offsets();
        if (offset < offsets.logStartOffset() || offset > offsets.highWatermark()) {
            return new ReadOutcome.OutOfRange(offsets);
        }
        try {
            LogSlice slice = open.segments().slice(offset, offsets.highWatermark(), maxBytes, atLeastOne);
            return new ReadOutcome.Records(slice, offsets);
        } catch (IllegalArgumentException e) {
            Offsets now = open.offsets();
            if (offset < now.logStartOffset()) {
                // Trimmed between the look at the offsets and the read.
                return new ReadOutcome.OutOfRange(now);
            }
            throw e;
        } catch (IOException e) {
            if (replica.log() != open) {
                return new ReadOutcome.Unavailable(replica + " is being opened again");
            }
            replica.fail("cannot read at offset " + offset + ": " + e.getMessage(), e);
            return new ReadOutcome.Unavailable(replica + " " + replica.failure().orElseThrow());
        }
    }

    /** The batch at that offset; an empty buffer when it was committed and is no more. */
    ByteBuffer batchAt(long baseOffset) throws IOException {
        ReplicaLog open = replica.log();
        if (open == null) {
            throw new IOException(replica + " is not open");
        }
        try {
            return open.batch(baseOffset).orElse(ByteBuffer.allocate(0));
        } catch (IOException | RuntimeException e) {
            failIfDamaged(e);
            throw e;
        }
    }

    /** As {@link PartitionReplica#offsetFor}. */
    CompletableFuture<TimestampOffset> offsetFor(OffsetQuery query) {
        ReplicaLog open = replica.log();
        if (open == null) {
            return CompletableFuture.completedFuture(TimestampOffset.NONE);
        }
        Offsets offsets = open.offsets();
        return switch (query) {
            case OffsetQuery.Earliest earliest ->
                CompletableFuture.completedFuture(at(open, offsets.logStartOffset(), offsets.logStartOffset()));
            case OffsetQuery.Latest latest ->
                CompletableFuture.completedFuture(at(open, offsets.highWatermark(), offsets.highWatermark() - 1));
            case OffsetQuery.MaxTimestamp max ->
                search(() -> open.segments().findMaxTimestamp(offsets.logStartOffset(), offsets.highWatermark()));
            case OffsetQuery.AtOrAfter time ->
                search(() ->
                        open.segments().find(time.timestampMs(), offsets.logStartOffset(), offsets.highWatermark()));
        };
    }

    private static TimestampOffset at(ReplicaLog log, long offset, long epochOf) {
        return new TimestampOffset(offset, -1, log.epochs().epochOf(epochOf).orElse(-1));
    }

    private CompletableFuture<TimestampOffset> search(Search search) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return search.run();
                    } catch (IOException e) {
                        failIfDamaged(e);
                        throw new CompletionException(e);
                    }
                },
                blocking);
    }

    @FunctionalInterface
    private interface Search {
        TimestampOffset run() throws IOException;
    }

    /** Stops the replica when {@code e} tells of the disk, and not of a log that is closing. */
    private void failIfDamaged(Exception e) {
        if (e instanceof DiskFault || e instanceof CorruptLogException) {
            replica.fail("cannot read: " + e.getMessage(), e);
        }
    }

    /** As {@link PartitionReplica#endOf}. */
    EpochEnd endOf(int leaderEpoch) {
        ReplicaLog open = replica.log();
        if (open == null) {
            return EpochEnd.UNDEFINED;
        }
        return open.epochs().endOf(leaderEpoch, open.logEndOffset());
    }

    /** As {@link PartitionReplica#whenAbove}. */
    Registration whenAbove(long offset, Runnable wake) {
        Registration registration = waiters.add(offset, wake);
        ReplicaLog open = replica.log();
        if (replica.isClosed() || open == null || open.highWatermark() > offset) {
            registration.close();
            wake.run();
        }
        return registration;
    }

    void advanced(long highWatermark) {
        waiters.advanced(highWatermark);
    }

    /** There may be nothing more to wait for here. */
    void wakeAll() {
        waiters.wakeAll();
    }
}
