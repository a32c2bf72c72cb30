package io.barnabas.net.raft;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/** Writes down each line it applies and where; takes payloads as the partition log does. */
final class LedgerMachine extends LineMachine {

    private static final ByteString CLAIM = ByteString.copyFrom(new byte[] {1});

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
    public void reinitialize() throws IOException {
        reloads.incrementAndGet();
        super.reinitialize();
    }

    @Override
    List<String> toLines() {
        return applied.stream().map(Applied::text).toList();
    }

    @Override
    void restore(List<String> snapshot) {
        applied.clear();
        snapshot.forEach(text -> applied.add(Applied.parse(text)));
    }

    @Override
    public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(RoleInfoProto role, TermIndex firstInLog) {
        RaftPeerId leader = RaftPeerId.valueOf(
                role.getFollowerInfo().getLeaderInfo().getId().getId());
        return CompletableFuture.supplyAsync(() -> {
            LedgerMachine source = others.apply(leader);
            List<String> lines;
            TermIndex last;
            synchronized (source) {
                lines = source.toLines();
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
