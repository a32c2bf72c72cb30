package io.barnabas.log;

import io.barnabas.log.PartitionReplica.Acks;
import io.barnabas.log.ReplicaLog.Uncommitted;
import io.barnabas.log.rules.LogEntry;
import io.barnabas.log.rules.SequenceCheck;
import io.barnabas.log.rules.rest.RestPoint;
import io.barnabas.log.segment.DiskFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;

/**
 * Carries a partition's appends through Ratis. A Raft entry holds the small {@link LogEntry}; the batch is its state
 * machine data, which Ratis hands to {@link #write} and keeps out of its own log.
 *
 * <p>Offsets are given in {@link #preAppendTransaction}: Ratis calls it and then {@link #write} for the same entry
 * under one lock, in log order, so the log end offset seen by the first is where the second appends, and nothing
 * speculative needs undoing.
 */
final class PartitionStateMachine extends BaseStateMachine {

    private final RatisPartitionReplica replica;
    private final PartitionEnvironment environment;
    private final SnapshotFiles snapshots = new SnapshotFiles();
    private ReplicaRecovery recovery;
    private volatile ReplicaLog log;

    PartitionStateMachine(RatisPartitionReplica replica, PartitionEnvironment environment) {
        this.replica = replica;
        this.environment = environment;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage raftStorage) throws IOException {
        getLifeCycle().startAndTransition(() -> {
            super.initialize(server, groupId, raftStorage);
            try {
                replica.files().open(raftStorage.getStorageDir().getRoot().toPath());
                snapshots.open(raftStorage);
                recovery = new ReplicaRecovery(replica, environment, snapshots, raftStorage);
                replica.files().unmarkRest();
                ReplicaRest rest = replica.rest();
                take(rest.isOpening() && rest.isLogIntact() ? replica.log() : recovery.open());
            } catch (IOException | RuntimeException e) {
                // Ratis would take the whole server down for it. The division is closed as soon as it has started;
                // until
                // then it cannot take part, since it neither takes nor flushes an entry.
                replica.fail("cannot be opened: " + DiskFault.reasonOf(e), e);
            }
        });
    }

    private void take(ReplicaLog opened) {
        log = opened;
        setLastAppliedTermIndex(opened.applied());
        replica.opened(opened);
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return snapshots.storage();
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
                .setStateMachineData(environment.claims().dataOf(pending))
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
        if (log == null) {
            throw new StateMachineException(replica + " is not open", false);
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
        if (log == null) {
            return CompletableFuture.failedFuture(new IOException(replica + " is not open"));
        }
        try {
            return take(entry, transaction);
        } catch (IllegalStateException | IllegalArgumentException e) {
            replica.fail("has a log that its leader's does not continue: " + e.getMessage(), e);
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<?> take(LogEntryProto entry, TransactionContext transaction) {
        LogEntry.Append append = (LogEntry.Append) RaftLogTail.decode(entry);
        Uncommitted uncommitted = new Uncommitted(entry.getIndex(), entry.getTerm(), append);
        if (transaction != null && transaction.getStateMachineContext() instanceof Appending appending) {
            ByteBuffer batch = appending.pending().batch();
            environment.claims().taken(replica.groupId(), entry, batch);
            log.write(uncommitted, batch, whenWritten(appending.pending(), append.baseOffset()));
            return CompletableFuture.completedFuture(null);
        }
        ByteBuffer batch = environment.claims().claim(replica.groupId(), entry);
        if (batch.hasRemaining()) {
            log.write(uncommitted, batch, NOTHING);
        } else {
            log.skip(uncommitted);
        }
        return CompletableFuture.completedFuture(null);
    }

    private Runnable whenWritten(PendingAppend pending, long baseOffset) {
        return pending.acks() == Acks.LEADER ? () -> replica.proposals().complete(pending, baseOffset) : NOTHING;
    }

    private static final Runnable NOTHING = () -> {};

    /**
     * On Ratis' log worker, which forces its own log next: another thread could sync at the same time, but waking it
     * and being woken costs more than the sync saves.
     */
    @Override
    public CompletableFuture<Void> flush(long index) {
        try {
            log.flush();
            return CompletableFuture.completedFuture(null);
        } catch (IOException | RuntimeException e) {
            replica.fail("cannot write: " + e.getMessage(), e);
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletableFuture<Void> truncate(long firstIndex) {
        log.truncate(firstIndex);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<ByteString> read(LogEntryProto entry, TransactionContext transaction) {
        try {
            return CompletableFuture.completedFuture(environment.claims().dataOf(replica.groupId(), entry));
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        if (log == null) {
            // Ratis' updater would never end after an exception.
            return CompletableFuture.completedFuture(Message.EMPTY);
        }
        LogEntryProto entry = transaction.getLogEntry();
        if (isKnown(entry.getIndex())) {
            return CompletableFuture.completedFuture(Message.EMPTY);
        }
        TermIndex at = TermIndex.valueOf(entry);
        switch (RaftLogTail.decode(entry)) {
            case LogEntry.Append append -> {
                log.apply(append, at);
                updateLastAppliedTermIndex(at);
                if (transaction.getStateMachineContext() instanceof Appending appending) {
                    replica.proposals().committed(appending.pending(), append.baseOffset(), entry.getIndex());
                }
                replica.reads().advanced(append.nextOffset());
            }
            case LogEntry.Trim trim -> {
                log.trim(trim.logStartOffset(), at);
                updateLastAppliedTermIndex(at);
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
        if (snapshots.latestIndex() >= applied.getIndex()) {
            return snapshots.latestIndex();
        }
        AppliedState state = log.snapshot(environment.producerIdleMs());
        if (environment.flushMode() == FlushMode.ASYNC) {
            // A replica whose snapshot outlived its Raft log would lose elections to those that know less.
            recovery.forceRaftLog();
        }
        snapshots.write(state);
        log.snapshotTaken(state.snapshot().highWatermark());
        return state.at().getIndex();
    }

    @Override
    public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(RoleInfoProto role, TermIndex firstAvailable) {
        String leader = role.getFollowerInfo().getLeaderInfo().getId().getId().toStringUtf8();
        return CompletableFuture.supplyAsync(
                () -> replica.leaderCopy().from(Integer.parseInt(leader), firstAvailable.getIndex()),
                environment.blocking());
    }

    /** Ratis calls it when a copy of the leader's log is finished, before it drops its own log up to there. */
    @Override
    public void pause() {
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        try {
            log.close();
            take(recovery.openCopy());
        } catch (IOException | RuntimeException e) {
            replica.fail("cannot take over the copy of its leader's log: " + e.getMessage(), e);
            throw new IllegalStateException(e);
        } finally {
            getLifeCycle().transition(LifeCycle.State.PAUSED);
        }
    }

    @Override
    public void reinitialize() {
        getLifeCycle().transition(LifeCycle.State.STARTING);
        getLifeCycle().transition(LifeCycle.State.RUNNING);
    }

    /** An entry that Ratis was about to apply when a copy took its place, and which is part of the copy. */
    private boolean isKnown(long index) {
        return index <= log.applied().getIndex();
    }

    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        if (log != null && !isKnown(index)) {
            log.passed(TermIndex.valueOf(term, index));
            updateLastAppliedTermIndex(term, index);
        }
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

    /**
     * Writes down, after the division was closed, that the replica rests: all it has is durable then.
     *
     * @return false when it stands elsewhere by now
     */
    boolean writeRest(RestPoint point) throws IOException {
        if (!recovery.standsAt(point)
                || log.applied().getIndex() != point.index()
                || log.logEndOffset() != log.highWatermark()) {
            return false;
        }
        recovery.forceRaftLog();
        if (takeSnapshot() != point.index()) {
            throw new IOException("the snapshot of " + replica + " is not one of entry " + point.index());
        }
        snapshots.deleteOld();
        replica.files().markRest(point);
        return true;
    }

    @Override
    public void close() throws IOException {
        getLifeCycle().checkStateAndClose(() -> {
            if (replica.rest().keepsLog()) {
                return;
            }
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
