package io.barnabas.net.raft;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
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
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;

/** Writes down each line it applies and where; takes payloads as the partition log does. */
final class LedgerMachine extends BaseStateMachine {

    private static final ByteString CLAIM = ByteString.copyFrom(new byte[] {1});

    private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
    private final LedgerPayloads payloads;
    private final Violations violations;
    private final Function<RaftPeerId, LedgerMachine> others;
    private final AtomicInteger copies = new AtomicInteger();
    private final AtomicInteger reloads = new AtomicInteger();
    private final List<Applied> applied = new ArrayList<>();

    /** @param others the machine of the same group on another node, to copy from */
    LedgerMachine(LedgerPayloads payloads, Violations violations, Function<RaftPeerId, LedgerMachine> others) {
        this.payloads = payloads;
        this.violations = violations;
        this.others = others;
    }

    /** A line and its place in the log. */
    record Applied(long term, long index, String line) {

        private String text() {
            return term + " " + index + " " + line;
        }

        private static Applied parse(String text) {
            String[] parts = text.split(" ", 3);
            return new Applied(Long.parseLong(parts[0]), Long.parseLong(parts[1]), parts[2]);
        }
    }

    synchronized List<Applied> applied() {
        return List.copyOf(applied);
    }

    /** How often it took over another node's lines because it was told to. */
    int copies() {
        return copies.get();
    }

    /** How often it was given a whole snapshot. */
    int reloads() {
        return reloads.get();
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage raftStorage) throws IOException {
        super.initialize(server, groupId, raftStorage);
        getLifeCycle().startAndTransition(() -> {
            storage.init(raftStorage);
            load();
        });
    }

    @Override
    public void pause() {
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    @Override
    public void reinitialize() throws IOException {
        reloads.incrementAndGet();
        getLifeCycle().startAndTransition(this::load);
    }

    private synchronized void load() throws IOException {
        SingleFileSnapshotInfo snapshot = storage.loadLatestSnapshot();
        if (snapshot == null) {
            return;
        }
        applied.clear();
        for (String text : Files.readAllLines(snapshot.getFile().getPath(), StandardCharsets.UTF_8)) {
            applied.add(Applied.parse(text));
        }
        setLastAppliedTermIndex(snapshot.getTermIndex());
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return storage;
    }

    @Override
    public synchronized long takeSnapshot() throws IOException {
        TermIndex last = getLastAppliedTermIndex();
        save(last, applied);
        return last.getIndex();
    }

    private void save(TermIndex last, List<Applied> lines) throws IOException {
        File file = storage.getSnapshotFile(last.getTerm(), last.getIndex());
        Files.write(file.toPath(), lines.stream().map(Applied::text).toList(), StandardCharsets.UTF_8);
        storage.updateLatestSnapshot(new SingleFileSnapshotInfo(
                new FileInfo(file.toPath(), MD5FileUtil.computeAndSaveMd5ForFile(file)), last));
    }

    @Override
    public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(RoleInfoProto role, TermIndex firstInLog) {
        RaftPeerId leader = RaftPeerId.valueOf(
                role.getFollowerInfo().getLeaderInfo().getId().getId());
        return CompletableFuture.supplyAsync(() -> {
            LedgerMachine source = others.apply(leader);
            List<Applied> lines;
            TermIndex last;
            synchronized (source) {
                lines = source.applied();
                last = source.getLastAppliedTermIndex();
            }
            try {
                save(last, lines);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            copies.incrementAndGet();
            return last;
        });
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) {
        ByteString line = request.getMessage().getContent();
        TransactionContext.Builder transaction = TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .setLogData(line);
        if (LedgerPayloads.payloadBytes(line.toStringUtf8()) > 0) {
            transaction.setStateMachineData(CLAIM);
        }
        return transaction.build();
    }

    @Override
    public CompletableFuture<ByteString> read(LogEntryProto entry, TransactionContext transaction) {
        return CompletableFuture.completedFuture(CLAIM);
    }

    @Override
    public CompletableFuture<?> write(LogEntryProto entry, TransactionContext transaction) {
        try {
            if (transaction != null && transaction.getClientRequest() != null) {
                payloads.writeOwn(getGroupId(), entry);
            } else {
                payloads.writeArrived(getGroupId(), entry);
            }
            return CompletableFuture.completedFuture(null);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto failedEntry) {
        violations.add("the log of " + getId() + " failed: " + cause);
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        synchronized (this) {
            TermIndex last = getLastAppliedTermIndex();
            if (last != null && entry.getIndex() <= last.getIndex()) {
                violations.add("node " + getId() + " applies " + TermIndex.valueOf(entry) + " after " + last);
            }
            applied.add(new Applied(entry.getTerm(), entry.getIndex(), LedgerPayloads.lineOf(entry)));
            updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        }
        return CompletableFuture.completedFuture(Message.EMPTY);
    }
}
