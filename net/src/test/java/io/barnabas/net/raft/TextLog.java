package io.barnabas.net.raft;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.TransactionContext;

/** A state machine that remembers every line it was given, in a file when it is asked for a snapshot. */
final class TextLog extends LineMachine {

    private final CountDownLatch opening;
    private final List<String> lines = new ArrayList<>();

    TextLog() {
        this(new CountDownLatch(0));
    }

    /** @param opening its group is being opened until this is down */
    TextLog(CountDownLatch opening) {
        this.opening = opening;
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage raftStorage) throws IOException {
        try {
            opening.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
        super.initialize(server, groupId, raftStorage);
    }

    @Override
    List<String> toLines() {
        return lines;
    }

    @Override
    void restore(List<String> snapshot) {
        lines.clear();
        lines.addAll(snapshot);
    }

    @Override
    public synchronized CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        lines.add(
                transaction.getLogEntry().getStateMachineLogEntry().getLogData().toStringUtf8());
        updateLastAppliedTermIndex(
                transaction.getLogEntry().getTerm(), transaction.getLogEntry().getIndex());
        return CompletableFuture.completedFuture(Message.EMPTY);
    }
}
