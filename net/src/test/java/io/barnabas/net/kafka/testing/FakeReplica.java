package io.barnabas.net.kafka.testing;

import io.barnabas.log.AppendOutcome;
import io.barnabas.log.AppendRefusal;
import io.barnabas.log.LogConfig;
import io.barnabas.log.LogSlice;
import io.barnabas.log.PartitionReplica;
import io.barnabas.log.ReadOutcome;
import io.barnabas.log.ReplicaStatus;
import io.barnabas.log.ScrubStatus;
import io.barnabas.log.TrimOutcome;
import io.barnabas.log.rules.BatchCheck;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.BatchIntake;
import io.barnabas.log.rules.ProducerEntry;
import io.barnabas.log.rules.ProducerLedger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A replica without Raft: one file, no index, the real checks of batches. Commits at once unless told to hold. */
public final class FakeReplica implements PartitionReplica, AutoCloseable {

    private volatile boolean caughtUp = true;
    private final UUID groupId;
    private final String topic;
    private final int partition;
    private final FileChannel file;
    private final List<Stored> batches = new ArrayList<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private final List<Runnable> held = new ArrayList<>();
    private final AtomicInteger openSlices = new AtomicInteger();
    private volatile Leadership leadership;
    private LogConfig config = LogConfig.DEFAULT;
    private long nowMs = System.currentTimeMillis();
    private long logStartOffset;
    private long highWatermark;
    private long logEndOffset;
    private long fileSize;
    private boolean holding;
    private AppendRefusal refusal;
    private String unavailable;

    private record Stored(BatchHeader header, long position) {
        long lastOffset() {
            return header.baseOffset() + header.lastOffsetDelta();
        }
    }

    private final class Waiter implements Registration {
        private final long offset;
        private final Runnable wake;

        Waiter(long offset, Runnable wake) {
            this.offset = offset;
            this.wake = wake;
        }

        @Override
        public void close() {
            synchronized (FakeReplica.this) {
                waiters.remove(this);
            }
        }
    }

    /** An empty replica that leads in term 1, with its file in {@code directory}. */
    public FakeReplica(UUID groupId, String topic, int partition, int nodeId, Path directory) {
        this.groupId = groupId;
        this.topic = topic;
        this.partition = partition;
        this.leadership = new Leadership(nodeId, 1, true);
        try {
            file = FileChannel.open(
                    directory.resolve(groupId + ".log"),
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on appends are written but neither committed nor answered, until {@link #commit}. */
    public synchronized void hold() {
        holding = true;
    }

    /** Commits and answers what is held. */
    public void commit() {
        List<Runnable> due;
        synchronized (this) {
            holding = false;
            due = List.copyOf(held);
            held.clear();
        }
        due.forEach(Runnable::run);
        advance();
    }

    /** How many appends are written and not committed. */
    public synchronized int held() {
        return held.size();
    }

    /** Refuses every append from now on; null takes them again. */
    public synchronized void refuse(AppendRefusal reason) {
        refusal = reason;
    }

    /** Takes batches by these settings from now on. */
    public synchronized void configure(LogConfig changed) {
        config = changed;
    }

    /** Stops the replica's clock at a time of day. */
    public synchronized void clock(long epochMs) {
        nowMs = epochMs;
    }

    /** Makes reads fail from now on. */
    public synchronized void breakReads(String reason) {
        unavailable = reason;
    }

    /** Cuts the log's head. */
    public synchronized void trim(long newStart) {
        logStartOffset = newStart;
    }

    @Override
    public Optional<byte[]> appliedState() {
        return leadership.local() ? Optional.of(new byte[] {1, 2, 3}) : Optional.empty();
    }

    @Override
    public synchronized CompletableFuture<TrimOutcome> trimTo(long offset) {
        long start = offset == HIGH_WATERMARK ? highWatermark : offset;
        if (start > highWatermark) {
            return CompletableFuture.completedFuture(new TrimOutcome.OutOfRange(highWatermark));
        }
        logStartOffset = Math.max(logStartOffset, start);
        return CompletableFuture.completedFuture(new TrimOutcome.Trimmed(logStartOffset));
    }

    /** Says who leads from now on, and wakes all who wait. */
    public void lead(Leadership now) {
        leadership = now;
        List<Waiter> due;
        synchronized (this) {
            due = List.copyOf(waiters);
            waiters.clear();
        }
        due.forEach(waiter -> waiter.wake.run());
    }

    /** Slices given out and not released. */
    public int openSlices() {
        return openSlices.get();
    }

    /** Fetches that wait here. */
    public synchronized int waiting() {
        return waiters.size();
    }

    @Override
    public UUID groupId() {
        return groupId;
    }

    @Override
    public String topic() {
        return topic;
    }

    @Override
    public int partition() {
        return partition;
    }

    @Override
    public Leadership leadership() {
        return leadership;
    }

    @Override
    public synchronized Offsets offsets() {
        return new Offsets(logStartOffset, highWatermark, logEndOffset);
    }

    @Override
    public synchronized OptionalInt latestEpoch() {
        return batches.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(batches.getLast().header().partitionLeaderEpoch());
    }

    @Override
    public synchronized Collection<ProducerEntry> producers() {
        ProducerLedger ledger = new ProducerLedger();
        batches.stream()
                .filter(stored -> stored.lastOffset() < highWatermark)
                .forEach(stored -> ledger.record(stored.header()));
        return ledger.entries();
    }

    @Override
    public CompletableFuture<AppendOutcome> append(ByteBuffer batch, Acks acks) {
        CompletableFuture<AppendOutcome> outcome;
        synchronized (this) {
            if (refusal != null) {
                return CompletableFuture.completedFuture(new AppendOutcome.Refused(refusal, "refused as told"));
            }
            outcome = switch (BatchIntake.take(batch, config, nowMs)) {
                case BatchCheck.Invalid invalid -> refused(invalid);
                case BatchCheck.Valid valid -> store(valid, acks);
            };
        }
        advance();
        return outcome;
    }

    private static CompletableFuture<AppendOutcome> refused(BatchCheck.Invalid invalid) {
        AppendRefusal reason = switch (invalid.reason()) {
            case CORRUPT -> AppendRefusal.CORRUPT_BATCH;
            case UNSUPPORTED_MAGIC -> AppendRefusal.UNSUPPORTED_MAGIC;
            case INVALID -> AppendRefusal.INVALID_BATCH;
            case INVALID_TIMESTAMP -> AppendRefusal.INVALID_TIMESTAMP;
            case TOO_LARGE -> AppendRefusal.TOO_LARGE;
            case TRANSACTIONAL -> AppendRefusal.TRANSACTIONS_UNSUPPORTED;
        };
        return CompletableFuture.completedFuture(
                new AppendOutcome.Refused(reason, invalid.message(), invalid.records()));
    }

    private CompletableFuture<AppendOutcome> store(BatchCheck.Valid valid, Acks acks) {
        BatchHeader header = valid.header();
        ByteBuffer batch = valid.bytes();
        long base = logEndOffset;
        BatchHeader placed = header.placedAt(base, leadership.epoch());
        ByteBuffer bytes =
                ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
        placed.writePrefix(bytes, 0);
        try {
            file.write(bytes, fileSize);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        batches.add(new Stored(placed, fileSize));
        fileSize += placed.sizeInBytes();
        logEndOffset = base + header.lastOffsetDelta() + 1;
        AppendOutcome appended = new AppendOutcome.Appended(base, logStartOffset, valid.logAppendTimeMs());
        if (holding && acks == Acks.MAJORITY) {
            CompletableFuture<AppendOutcome> later = new CompletableFuture<>();
            held.add(() -> later.complete(appended));
            return later;
        }
        return CompletableFuture.completedFuture(appended);
    }

    private void advance() {
        List<Waiter> due = new ArrayList<>();
        synchronized (this) {
            if (holding) {
                return;
            }
            highWatermark = logEndOffset;
            waiters.stream().filter(waiter -> waiter.offset < highWatermark).forEach(due::add);
            waiters.removeAll(due);
        }
        due.forEach(waiter -> waiter.wake.run());
    }

    @Override
    public synchronized ReadOutcome read(long offset, int maxBytes, boolean atLeastOne) {
        if (unavailable != null) {
            return new ReadOutcome.Unavailable(unavailable);
        }
        if (offset < logStartOffset || offset > highWatermark) {
            return new ReadOutcome.OutOfRange(offsets());
        }
        long position = fileSize;
        int size = 0;
        for (Stored stored : batches) {
            if (stored.lastOffset() < offset || stored.lastOffset() >= highWatermark) {
                continue;
            }
            int next = stored.header().sizeInBytes();
            if (size + next > maxBytes && !(atLeastOne && size == 0)) {
                break;
            }
            position = size == 0 ? stored.position() : position;
            size += next;
        }
        return new ReadOutcome.Records(new Slice(position, size), offsets());
    }

    private final class Slice implements LogSlice {
        private final long position;
        private final int size;
        private final AtomicBoolean released = new AtomicBoolean();

        Slice(long position, int size) {
            this.position = position;
            this.size = size;
            openSlices.incrementAndGet();
        }

        @Override
        public FileChannel channel() {
            return file;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public int sizeInBytes() {
            return size;
        }

        @Override
        public void release() {
            if (!released.compareAndSet(false, true)) {
                throw new IllegalStateException("a slice is released once");
            }
            openSlices.decrementAndGet();
        }
    }

    @Override
    public Registration whenAbove(long offset, Runnable wake) {
        Waiter waiter = new Waiter(offset, wake);
        synchronized (this) {
            if (highWatermark <= offset) {
                waiters.add(waiter);
                return waiter;
            }
        }
        wake.run();
        return waiter;
    }

    @Override
    public synchronized CompletableFuture<TimestampOffset> offsetFor(OffsetQuery query) {
        return CompletableFuture.completedFuture(
                switch (query) {
                    case OffsetQuery.Earliest earliest -> new TimestampOffset(logStartOffset, -1, 1);
                    case OffsetQuery.Latest latest -> new TimestampOffset(highWatermark, -1, 1);
                    case OffsetQuery.MaxTimestamp max ->
                        batches.stream()
                                .reduce((a, b) ->
                                        b.header().maxTimestamp() > a.header().maxTimestamp() ? b : a)
                                .map(FakeReplica::head)
                                .orElse(TimestampOffset.NONE);
                    case OffsetQuery.AtOrAfter time ->
                        batches.stream()
                                .filter(stored -> stored.header().maxTimestamp() >= time.timestampMs())
                                .findFirst()
                                .map(FakeReplica::head)
                                .orElse(TimestampOffset.NONE);
                });
    }

    private static TimestampOffset head(Stored stored) {
        BatchHeader header = stored.header();
        return new TimestampOffset(header.baseOffset(), header.maxTimestamp(), header.partitionLeaderEpoch());
    }

    @Override
    public synchronized EpochEnd endOf(int leaderEpoch) {
        int found = -1;
        long end = -1;
        for (Stored stored : batches) {
            int epoch = stored.header().partitionLeaderEpoch();
            if (epoch <= leaderEpoch) {
                found = epoch;
                end = stored.lastOffset() + 1;
            }
        }
        boolean known =
                !batches.isEmpty() && leaderEpoch <= batches.getLast().header().partitionLeaderEpoch();
        return known && found >= 0 ? new EpochEnd(found, end) : EpochEnd.UNDEFINED;
    }

    @Override
    public boolean isCaughtUp() {
        return caughtUp;
    }

    /** Lets it lack something that is committed, or not. */
    public void caughtUp(boolean now) {
        caughtUp = now;
    }

    @Override
    public synchronized ReplicaStatus status() {
        return new ReplicaStatus(fileSize, 1, Map.of(), Optional.empty(), ScrubStatus.NEVER, Optional.empty());
    }

    @Override
    public void close() {
        breakReads("closed");
        lead(new Leadership(-1, -1, false));
        closeFile();
    }

    /** Takes the file away, so that appends throw. */
    public void closeFile() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
