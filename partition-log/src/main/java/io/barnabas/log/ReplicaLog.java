package io.barnabas.log;

import io.barnabas.log.PartitionReplica.Offsets;
import io.barnabas.log.compact.CleanableLog;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.EpochHistory;
import io.barnabas.log.rules.LogEntry;
import io.barnabas.log.rules.ProducerEntry;
import io.barnabas.log.rules.ProducerLedger;
import io.barnabas.log.rules.SequenceCheck;
import io.barnabas.log.segment.Pending;
import io.barnabas.log.segment.SegmentLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.apache.ratis.server.protocol.TermIndex;

/**
 * A replica's log between Raft and the disk.
 *
 * <pre>
 *   write(entry)  -&gt; log end offset, producers, epochs; the batch waits in memory   (under Raft's lock: no I/O here)
 *   flush()       -&gt; what waits goes to the segment file, then fsync                (Raft's log worker)
 *   apply(entry)  -&gt; high watermark                                                 (Raft's updater)
 *   truncate(i)   -&gt; entries at and above Raft index i never were                   (under Raft's lock: no I/O here)
 *   trim(offset)  -&gt; log start offset; its segments go later                       (Raft's updater)
 * </pre>
 *
 * <p>Raft applies an entry only after this replica has flushed it, so all below the high watermark is in the files,
 * and truncation never reaches below it.
 */
final class ReplicaLog {

    /** Guards what is known in memory; never held during I/O or while calling out. */
    private final Object state = new Object();
    /** Held by the one who writes segment files. */
    private final ReentrantLock io = new ReentrantLock();

    private final SegmentLog segments;
    private final StartOffsetFile startOffset;
    private final FlushMode flushMode;
    private final LongSupplier clockMs;

    private final Deque<Uncommitted> uncommitted = new ArrayDeque<>();
    private final ProducerLedger committedProducers;
    private ProducerLedger writtenProducers;
    private EpochHistory epochs;
    private List<DiskOperation> waiting = new ArrayList<>();
    private long logEndOffset;
    private volatile long highWatermark;
    private volatile long logStartOffset;
    private volatile long snapshotHighWatermark;
    private long bytesSinceSnapshot;
    private volatile boolean closed;
    /** Why the disk is no longer trusted. */
    private volatile IOException failure;

    private TermIndex applied;

    /** An entry in the Raft log that is not known to be committed. */
    record Uncommitted(long index, long term, LogEntry.Append append) {}

    private sealed interface DiskOperation {
        record Write(BatchHeader header, ByteBuffer batch, Runnable written) implements DiskOperation {}

        /** A batch that the leader has no more, trimmed or compacted away: an empty one stands for it. */
        record Skip(BatchHeader header) implements DiskOperation {}

        record Truncate(long endOffset) implements DiskOperation {}
    }

    /**
     * Goes on from {@code state} with the entries that the Raft log holds beyond it; {@code segments} end where the
     * last of them ends.
     */
    ReplicaLog(
            AppliedState state,
            SegmentLog segments,
            StartOffsetFile startOffset,
            List<Uncommitted> tail,
            FlushMode flushMode,
            LongSupplier clockMs) {
        ReplicaSnapshot snapshot = state.snapshot();
        this.applied = state.at();
        this.segments = segments;
        this.startOffset = startOffset;
        this.logStartOffset = Math.max(snapshot.logStartOffset(), startOffset.offset());
        this.flushMode = flushMode;
        this.clockMs = clockMs;
        this.committedProducers = snapshot.producers();
        this.writtenProducers = committedProducers.copy();
        this.epochs = snapshot.epochs();
        this.highWatermark = snapshot.highWatermark();
        this.snapshotHighWatermark = snapshot.highWatermark();
        this.logEndOffset = snapshot.highWatermark();
        tail.forEach(this::extend);
    }

    Offsets offsets() {
        synchronized (state) {
            // A replica that was given a trimmed log has yet to apply the trim.
            return new Offsets(Math.min(logStartOffset, highWatermark), highWatermark, logEndOffset);
        }
    }

    long highWatermark() {
        return highWatermark;
    }

    /** Whether the batch is its producer's next, at the end of the log. */
    SequenceCheck check(BatchHeader header) {
        synchronized (state) {
            return writtenProducers.check(header);
        }
    }

    long logEndOffset() {
        synchronized (state) {
            return logEndOffset;
        }
    }

    /** Takes a batch whose offset is final; {@code written} runs once it stands in the segment file. */
    void write(Uncommitted entry, ByteBuffer batch, Runnable written) {
        BatchHeader header = entry.append().header(Math.toIntExact(entry.term()));
        if (batch.remaining() != header.sizeInBytes()) {
            header = compacted(header, batch);
        }
        DiskOperation operation = new DiskOperation.Write(header, batch, written);
        synchronized (state) {
            take(entry, operation);
        }
    }

    /** The header of a batch from which the leader has removed superseded records since. */
    private static BatchHeader compacted(BatchHeader expected, ByteBuffer batch) {
        BatchHeader header = BatchHeader.parse(batch, batch.position())
                .placedAt(expected.baseOffset(), expected.partitionLeaderEpoch());
        if (header.nextOffset() != expected.nextOffset() || header.sizeInBytes() != batch.remaining()) {
            throw new IllegalArgumentException("a batch of offsets " + expected.baseOffset() + " to "
                    + expected.lastOffset() + " was expected, " + header + " came");
        }
        return header;
    }

    /** Takes an entry whose batch the leader has no more. */
    void skip(Uncommitted entry) {
        synchronized (state) {
            take(entry, new DiskOperation.Skip(entry.append().header(Math.toIntExact(entry.term()))));
        }
    }

    private void take(Uncommitted entry, DiskOperation operation) {
        if (entry.append().baseOffset() != logEndOffset) {
            throw new IllegalStateException("entry " + entry + " does not begin at the log end offset " + logEndOffset);
        }
        extend(entry);
        waiting.add(operation);
    }

    private void extend(Uncommitted entry) {
        BatchHeader header = entry.append().header(Math.toIntExact(entry.term()));
        uncommitted.addLast(entry);
        writtenProducers.record(header, clockMs.getAsLong());
        epochs = epochs.assign(header.partitionLeaderEpoch(), header.baseOffset());
        logEndOffset = header.nextOffset();
    }

    /** Forgets the entries at {@code firstIndex} and above, which another leader replaces. */
    void truncate(long firstIndex) {
        synchronized (state) {
            long end = logEndOffset;
            while (!uncommitted.isEmpty() && uncommitted.getLast().index() >= firstIndex) {
                end = uncommitted.removeLast().append().baseOffset();
            }
            if (end == logEndOffset) {
                return;
            }
            logEndOffset = end;
            epochs = epochs.truncateTo(end);
            rebuildWrittenProducers();
            waiting.add(new DiskOperation.Truncate(end));
        }
    }

    private void rebuildWrittenProducers() {
        writtenProducers = committedProducers.copy();
        uncommitted.forEach(entry ->
                writtenProducers.record(entry.append().header(Math.toIntExact(entry.term())), clockMs.getAsLong()));
    }

    /** Writes all that waits; durable on return when {@code log.flush} asks for it. */
    void flush() throws IOException {
        io.lock();
        try {
            // What failed once is lost: the system may have dropped the pages, and no later sync would tell.
            throwFailure();
            List<DiskOperation> operations = takeWaiting();
            if (closed) {
                if (operations.isEmpty()) {
                    // The close has flushed all there was.
                    return;
                }
                throw new IOException("the replica is closed");
            }
            try {
                perform(operations);
                if (flushMode == FlushMode.SYNC) {
                    segments.flush();
                }
            } catch (IOException | RuntimeException e) {
                failure = new IOException(e.getMessage(), e);
                throw e;
            }
            for (DiskOperation operation : operations) {
                if (operation instanceof DiskOperation.Write write) {
                    write.written().run();
                }
            }
        } finally {
            io.unlock();
        }
    }

    private void throwFailure() throws IOException {
        IOException earlier = failure;
        if (earlier != null) {
            throw earlier;
        }
    }

    /** Makes durable what the page cache has of the log; appends go on meanwhile. */
    void sync() throws IOException {
        try {
            segments.flush();
        } catch (IOException | RuntimeException e) {
            if (!closed) {
                failure = new IOException(e.getMessage(), e);
                throw e;
            }
        }
    }

    private List<DiskOperation> takeWaiting() {
        synchronized (state) {
            List<DiskOperation> taken = waiting;
            waiting = new ArrayList<>();
            return taken;
        }
    }

    private void perform(List<DiskOperation> operations) throws IOException {
        List<Pending> run = new ArrayList<>(operations.size());
        for (DiskOperation operation : operations) {
            switch (operation) {
                case DiskOperation.Write write -> run.add(Pending.of(write.header(), write.batch()));
                case DiskOperation.Skip skip ->
                    run.add(Pending.empty(
                            skip.header().baseOffset(),
                            skip.header().lastOffset(),
                            skip.header().partitionLeaderEpoch()));
                case DiskOperation.Truncate truncate -> {
                    writeRun(run);
                    segments.truncateTo(truncate.endOffset());
                }
            }
        }
        writeRun(run);
    }

    private void writeRun(List<Pending> run) throws IOException {
        if (!run.isEmpty()) {
            segments.append(run, clockMs.getAsLong());
            run.clear();
        }
    }

    /** A committed entry: its records become readable. */
    void apply(LogEntry.Append append, TermIndex at) {
        synchronized (state) {
            long term = at.getTerm();
            Uncommitted first = uncommitted.pollFirst();
            if (first == null || !first.append().equals(append) || first.term() != term) {
                throw new IllegalStateException("committed " + append + " in term " + term + " but wrote " + first);
            }
            committedProducers.record(append.header(Math.toIntExact(term)), clockMs.getAsLong());
            highWatermark = append.nextOffset();
            bytesSinceSnapshot += append.sizeInBytes();
            applied = at;
        }
    }

    /** A committed trim: what lies below {@code offset} is no longer read. */
    void trim(long offset, TermIndex at) {
        synchronized (state) {
            applied = at;
            logStartOffset = Math.max(logStartOffset, offset);
            epochs = epochs.trimTo(logStartOffset);
        }
    }

    /** A committed entry that changes nothing here. */
    void passed(TermIndex at) {
        synchronized (state) {
            applied = at;
        }
    }

    /** The last entry that was applied. */
    TermIndex applied() {
        synchronized (state) {
            return applied;
        }
    }

    /** What is applied now; all of it is in the segment files. */
    AppliedState state() {
        synchronized (state) {
            return new AppliedState(
                    applied,
                    new ReplicaSnapshot(
                            logStartOffset,
                            highWatermark,
                            epochs.truncateTo(highWatermark),
                            committedProducers.copy()));
        }
    }

    /** Deletes the segments that a trim has left without readers. */
    void deleteTrimmed() throws IOException {
        long start = Math.min(logStartOffset, highWatermark);
        io.lock();
        try {
            if (!closed && start > startOffset.offset()) {
                startOffset.raiseTo(start);
                segments.trimTo(start);
            }
        } finally {
            io.unlock();
        }
    }

    /** What is committed, made durable. */
    AppliedState snapshot(long producerIdleMs) throws IOException {
        io.lock();
        try {
            if (!closed) {
                segments.flush();
            }
        } finally {
            io.unlock();
        }
        synchronized (state) {
            committedProducers.expire(clockMs.getAsLong(), producerIdleMs);
            rebuildWrittenProducers();
            return state();
        }
    }

    /** Below, no restart asks for the batches as they came, so they may be compacted. */
    long snapshotHighWatermark() {
        return snapshotHighWatermark;
    }

    /** A snapshot with this high watermark is durable. */
    void snapshotTaken(long atHighWatermark) {
        snapshotHighWatermark = atHighWatermark;
        synchronized (state) {
            // Snapshots are taken between entries.
            bytesSinceSnapshot = 0;
        }
    }

    /** Bytes of batches that were applied since the last snapshot. */
    long bytesSinceSnapshot() {
        synchronized (state) {
            return bytesSinceSnapshot;
        }
    }

    /** The last committed offset of each idempotent producer. */
    Map<Long, Long> lastOffsets() {
        synchronized (state) {
            Map<Long, Long> last = new HashMap<>();
            committedProducers
                    .entries()
                    .forEach(entry -> last.put(entry.producerId(), entry.last().lastOffset()));
            return last;
        }
    }

    /** Changes segment files while nobody else does; empty when the log is closed or its disk has failed. */
    <T> Optional<T> exclusively(CleanableLog.Change<T> change) throws IOException {
        io.lock();
        try {
            return closed || failure != null ? Optional.empty() : Optional.of(change.run());
        } finally {
            io.unlock();
        }
    }

    EpochHistory epochs() {
        synchronized (state) {
            return epochs;
        }
    }

    Collection<ProducerEntry> committedProducers() {
        synchronized (state) {
            return committedProducers.copy().entries();
        }
    }

    /**
     * The batch at that offset, from memory while it waits, otherwise from its segment; empty when it was committed
     * and is no more, trimmed or compacted away.
     */
    Optional<ByteBuffer> batch(long baseOffset) throws IOException {
        synchronized (state) {
            // The newest first: an older one at this offset may wait there to be truncated.
            for (DiskOperation operation : waiting.reversed()) {
                if (operation instanceof DiskOperation.Write write
                        && write.header().baseOffset() == baseOffset) {
                    return Optional.of(write.batch());
                }
            }
        }
        if (baseOffset < logStartOffset && baseOffset < segments.logStartOffset()) {
            return Optional.empty();
        }
        io.lock();
        try {
            return Optional.of(segments.readBatch(baseOffset));
        } catch (IllegalArgumentException e) {
            if (baseOffset < highWatermark) {
                return Optional.empty();
            }
            throw e;
        } finally {
            io.unlock();
        }
    }

    SegmentLog segments() {
        return segments;
    }

    void close() throws IOException {
        io.lock();
        try {
            if (!closed) {
                try {
                    if (failure == null) {
                        flush();
                    }
                } finally {
                    closed = true;
                    if (failure == null) {
                        segments.closeCleanly();
                    } else {
                        segments.close();
                    }
                }
            }
        } finally {
            io.unlock();
        }
    }
}
