package io.barnabas.log;

import io.barnabas.log.PartitionReplica.Acks;
import io.barnabas.log.ReplicaLog.Uncommitted;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.LogEntry;
import io.barnabas.log.rules.SequenceCheck;
import io.barnabas.log.segment.SegmentLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries a partition's appends through Ratis. A Raft entry holds the small {@link LogEntry}; the batch is its state
 * machine data, which Ratis hands to {@link #write} and keeps out of its own log.
 *
 * <p>Offsets are given in {@link #preAppendTransaction}: Ratis calls it and then {@link #write} for the same entry
 * under one lock, in log order, so the log end offset seen by the first is where the second appends, and nothing
 * speculative needs undoing.
 */
final class PartitionStateMachine extends BaseStateMachine {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionStateMachine.class);

    private final RatisPartitionReplica replica;
    private final PartitionEnvironment environment;
    private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
    private volatile ReplicaLog log;

    PartitionStateMachine(RatisPartitionReplica replica, PartitionEnvironment environment) {
        this.replica = replica;
        this.environment = environment;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage raftStorage) throws IOException {
        getLifeCycle().startAndTransition(() -> {
            super.initialize(server, groupId, raftStorage);
            storage.init(raftStorage);
            try {
                open(raftStorage);
            } catch (IOException | RuntimeException e) {
                replica.fail("cannot be opened: " + e.getMessage(), e);
                throw e;
            }
        });
    }

    private void open(RaftStorage raftStorage) throws IOException {
        replica.openFiles(raftStorage.getStorageDir().getRoot().toPath());
        SingleFileSnapshotInfo info = storage.loadLatestSnapshot();
        ReplicaSnapshot snapshot = info == null
                ? ReplicaSnapshot.empty()
                : ReplicaSnapshot.read(info.getFile().getPath());
        long snapshotIndex = info == null ? -1 : info.getIndex();
        if (info != null) {
            setLastAppliedTermIndex(info.getTermIndex());
        }
        SegmentLog segments = replica.openSegments(snapshot.highWatermark());
        try {
            StartOffsetFile startOffset = replica.openStartOffset();
            if (segments.logEndOffset() < startOffset.offset()) {
                // A crash may have come between the last segment's deletion and the new beginning.
                segments.trimTo(startOffset.offset());
            }
            if (segments.logStartOffset() > startOffset.offset()) {
                throw new IOException("its segments begin at offset " + segments.logStartOffset()
                        + " but the log was trimmed to offset " + startOffset.offset() + " only");
            }
            if (segments.logEndOffset() < snapshot.highWatermark()) {
                throw new IOException("its segments end at offset " + segments.logEndOffset() + " but offsets below "
                        + snapshot.highWatermark() + " were committed here");
            }
            List<Uncommitted> tail = reconcile(raftStorage, snapshotIndex, snapshot.highWatermark(), segments);
            long end = tail.isEmpty()
                    ? snapshot.highWatermark()
                    : tail.getLast().append().nextOffset();
            segments.truncateTo(end);
            log = new ReplicaLog(segments, startOffset, snapshot, tail, environment.flushMode(), environment.clockMs());
            replica.opened(log);
        } catch (IOException | RuntimeException e) {
            segments.close();
            throw e;
        }
    }

    /**
     * Holds the Raft log against the segments and cuts the Raft log where a batch is missing. Such an entry was never
     * acknowledged by this replica: Ratis flushes the batches before it counts an entry as flushed, but may spill the
     * entry itself earlier. An entry whose offsets the segments leave out was trimmed or compacted away.
     */
    private List<Uncommitted> reconcile(
            RaftStorage raftStorage, long snapshotIndex, long fromOffset, SegmentLog segments) throws IOException {
        List<RaftLogTail.Entry> entries =
                RaftLogTail.read(raftStorage, snapshotIndex).entries();
        Deque<BatchHeader> stored = new ArrayDeque<>();
        segments.scan(fromOffset, segments.logEndOffset(), (header, position) -> stored.add(header));
        List<Uncommitted> tail = new ArrayList<>();
        for (RaftLogTail.Entry entry : entries) {
            BatchHeader next = stored.peekFirst();
            boolean skipped = next == null
                    ? entry.append().nextOffset() <= segments.logEndOffset()
                    : entry.append().nextOffset() <= next.baseOffset();
            if (!skipped && (next == null || !isOf(entry, next))) {
                LOG.warn(
                        "{}: the batch of Raft entry {} (term {}, offset {}) is not on disk; cutting the Raft log there",
                        replica,
                        entry.index(),
                        entry.term(),
                        entry.append().baseOffset());
                RaftLogTail.cutFrom(raftStorage, entry);
                break;
            }
            if (!skipped) {
                stored.removeFirst();
            }
            tail.add(new Uncommitted(entry.index(), entry.term(), entry.append()));
        }
        return tail;
    }

    /** A leader gives an offset once in a term; the bytes may be fewer when it compacted them since. */
    private static boolean isOf(RaftLogTail.Entry entry, BatchHeader stored) {
        return stored.partitionLeaderEpoch() == entry.term()
                && stored.baseOffset() == entry.append().baseOffset()
                && stored.nextOffset() == entry.append().nextOffset();
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return storage;
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
        if (request.getMessage() instanceof PendingTrim trim) {
            return TransactionContext.newBuilder()
                    .setStateMachine(this)
                    .setClientRequest(request)
                    .setLogData(trim.getContent())
                    .setStateMachineContext(trim)
                    .build();
        }
        if (!(request.getMessage() instanceof PendingAppend pending)) {
            throw new StateMachineException("a partition takes requests of its own node only", false);
        }
        // The offset is patched into these bytes by preAppendTransaction, before anybody reads them.
        byte[] entry = LogEntry.Append.of(pending.header()).encode();
        return TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .setLogData(UnsafeByteOperations.unsafeWrap(entry))
                .setStateMachineData(pending.getContent())
                .setStateMachineContext(new Appending(pending, entry))
                .build();
    }

    /** An append on the leader, with the bytes of its Raft entry. */
    private record Appending(PendingAppend pending, byte[] entry) {}

    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) throws IOException {
        if (!(transaction.getStateMachineContext() instanceof Appending appending)) {
            return transaction;
        }
        SequenceCheck check = log.check(appending.pending().header());
        if (!(check instanceof SequenceCheck.Next)) {
            appending.pending().refuse(check);
            throw new StateMachineException("refused by its sequence", false);
        }
        LogEntry.Append.patchBaseOffset(appending.entry(), log.logEndOffset());
        return transaction;
    }

    @Override
    public CompletableFuture<?> write(LogEntryProto entry, TransactionContext transaction) {
        LogEntry.Append append = (LogEntry.Append) RaftLogTail.decode(entry);
        Uncommitted uncommitted = new Uncommitted(entry.getIndex(), entry.getTerm(), append);
        ByteString data = entry.getStateMachineLogEntry().getStateMachineEntry().getStateMachineData();
        if (data.equals(GONE)) {
            log.skip(uncommitted);
            return CompletableFuture.completedFuture(null);
        }
        ByteBuffer batch = data.asReadOnlyByteBuffer();
        Runnable written = NOTHING;
        if (transaction != null && transaction.getStateMachineContext() instanceof Appending appending) {
            environment.recentBatches().put(replica.groupId(), entry.getTerm(), entry.getIndex(), batch);
            if (appending.pending().acks() == Acks.LEADER) {
                written = () -> replica.complete(appending.pending(), append.baseOffset());
            }
        }
        log.write(uncommitted, batch, written);
        return CompletableFuture.completedFuture(null);
    }

    private static final Runnable NOTHING = () -> {};

    /** Stands for a batch that was committed and is no more; a batch is never that short, and Ratis refuses nothing. */
    private static final ByteString GONE = ByteString.copyFrom(new byte[] {0});

    /** Ratis forces its own log while this one is synced, and waits for both. */
    @Override
    public CompletableFuture<Void> flush(long index) {
        CompletableFuture<Void> flushed = new CompletableFuture<>();
        if (environment.flushMode() == FlushMode.SYNC) {
            environment.blocking().execute(() -> flush(flushed));
        } else {
            flush(flushed);
        }
        return flushed;
    }

    private void flush(CompletableFuture<Void> flushed) {
        try {
            log.flush();
            flushed.complete(null);
        } catch (IOException | RuntimeException e) {
            replica.fail("cannot write: " + e.getMessage(), e);
            flushed.completeExceptionally(e);
        }
    }

    @Override
    public CompletableFuture<Void> truncate(long firstIndex) {
        log.truncate(firstIndex);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<ByteString> read(LogEntryProto entry, TransactionContext transaction) {
        long baseOffset = ((LogEntry.Append) RaftLogTail.decode(entry)).baseOffset();
        ByteBuffer recent = environment.recentBatches().get(replica.groupId(), entry.getTerm(), entry.getIndex());
        try {
            Optional<ByteBuffer> batch = recent != null ? Optional.of(recent) : log.batch(baseOffset);
            return CompletableFuture.completedFuture(
                    batch.map(UnsafeByteOperations::unsafeWrap).orElse(GONE));
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        switch (RaftLogTail.decode(entry)) {
            case LogEntry.Append append -> {
                log.apply(append, entry.getTerm());
                updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
                if (transaction.getStateMachineContext() instanceof Appending appending) {
                    replica.complete(appending.pending(), append.baseOffset());
                }
                replica.advanced(append.nextOffset());
            }
            case LogEntry.Trim trim -> {
                log.trim(trim.logStartOffset());
                updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
                replica.trimmed();
                if (transaction.getStateMachineContext() instanceof PendingTrim pending) {
                    pending.outcome()
                            .complete(new TrimOutcome.Trimmed(log.offsets().logStartOffset()));
                }
            }
        }
        return CompletableFuture.completedFuture(Message.EMPTY);
    }

    @Override
    public long takeSnapshot() throws IOException {
        TermIndex applied = getLastAppliedTermIndex();
        if (log == null || applied.getIndex() < 0) {
            return -1;
        }
        Optional<Long> latest = Optional.ofNullable(storage.getLatestSnapshot()).map(SingleFileSnapshotInfo::getIndex);
        if (latest.isPresent() && latest.get() >= applied.getIndex()) {
            return latest.get();
        }
        Path file =
                storage.getSnapshotFile(applied.getTerm(), applied.getIndex()).toPath();
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes =
                    ByteBuffer.wrap(log.snapshot(environment.producerIdleMs()).encode());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        MD5Hash digest = MD5FileUtil.computeAndSaveMd5ForFile(file.toFile());
        try (FileChannel directory = FileChannel.open(file.getParent())) {
            directory.force(true);
        }
        storage.updateLatestSnapshot(new SingleFileSnapshotInfo(new FileInfo(file, digest), applied));
        return applied.getIndex();
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
        replica.leadershipChanged();
    }

    @Override
    public void notifyLeaderReady() {
        replica.leadershipChanged();
        replica.elected();
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pending) {
        replica.leadershipChanged();
    }

    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
        replica.fail("its Raft log failed: " + cause.getMessage(), cause);
    }

    @Override
    public void close() throws IOException {
        getLifeCycle().checkStateAndClose(() -> {
            if (log != null) {
                log.close();
            }
            replica.closed();
        });
    }

    @Override
    public LifeCycle.State getLifeCycleState() {
        return getLifeCycle().getCurrentState();
    }
}
