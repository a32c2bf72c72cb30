package io.barnabas.metadata;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.barnabas.metadata.proto.HeartbeatMessage;
import io.barnabas.metadata.proto.HeartbeatReply;
import io.barnabas.metadata.rules.CommandReply;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.MetadataRules;
import io.barnabas.metadata.rules.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
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

/** Carries metadata commands through Ratis: decode, apply by the rules, store group records, publish the image, answer. */
final class MetadataStateMachine extends BaseStateMachine {

    /** Beside Ratis' directories: those of snapshots are moved away as a whole when one is installed. */
    private static final String GROUPS = "groups";

    private final MetadataSnapshots storage = new MetadataSnapshots();
    private final GroupStore groups = new GroupStore();
    private final Events events;
    private Path groupsDirectory;
    private volatile MetadataImage image = MetadataImage.EMPTY;

    /** What the quorum does when the state machine moves; called on Ratis' threads, must not block. */
    interface Events {
        /** Everything up to the Raft index is applied, and this is the image. */
        void applied(MetadataImage image, long index);

        /** A node says that it lives; false when its epoch is unknown. */
        boolean heartbeat(int nodeId, long epoch);

        /** The Raft log cannot be written any more. */
        void storageFailed(String reason);
    }

    MetadataStateMachine(Events events) {
        this.events = events;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage raftStorage) throws IOException {
        getLifeCycle().startAndTransition(() -> {
            super.initialize(server, groupId, raftStorage);
            storage.init(raftStorage);
            groupsDirectory = raftStorage.getStorageDir().getRoot().toPath().resolve(GROUPS);
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
        load();
        if (getLifeCycleState() == LifeCycle.State.PAUSED) {
            getLifeCycle().transition(LifeCycle.State.STARTING);
            getLifeCycle().transition(LifeCycle.State.RUNNING);
        }
    }

    /** Whatever the group store held, it begins with what the snapshot holds; the Raft log brings the rest. */
    private void load() throws IOException {
        Optional<MetadataSnapshots.Snapshot> found = storage.load();
        groups.restore(groupsDirectory, found.flatMap(MetadataSnapshots.Snapshot::groups));
        if (found.isEmpty()) {
            return;
        }
        MetadataSnapshots.Snapshot snapshot = found.get();
        try {
            image = ImageCodec.decode(snapshot.image());
        } catch (InvalidProtocolBufferException e) {
            throw new IOException("metadata snapshot " + snapshot.path() + " cannot be read: " + e.getMessage(), e);
        }
        setLastAppliedTermIndex(snapshot.applied());
        events.applied(image, snapshot.applied().getIndex());
    }

    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto failed) {
        events.storageFailed(cause.toString());
    }

    MetadataImage image() {
        return image;
    }

    GroupRecords groupRecords() {
        return groups;
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return storage;
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
        byte[] bytes = request.getMessage().getContent().toByteArray();
        MetadataCommand command;
        try {
            command = CommandCodec.decode(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new StateMachineException("not a metadata command: " + e.getMessage(), e, false);
        }
        return TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .setLogData(UnsafeByteOperations.unsafeWrap(bytes))
                .setStateMachineContext(command)
                .build();
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        MetadataCommand command = command(transaction, entry);
        Outcome outcome = MetadataRules.apply(image, command, entry.getIndex());
        if (outcome instanceof Outcome.Changed changed) {
            if (command instanceof MetadataCommand.AppendGroupRecords append) {
                write(append, (CommandReply.GroupRecordsAppended) changed.reply());
            }
            image = changed.image();
        }
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        events.applied(image, entry.getIndex());
        return CompletableFuture.completedFuture(message(ResultCodec.encode(outcome, entry.getIndex())));
    }

    /** As decoded when this node took the request as leader, or from the log. */
    private static MetadataCommand command(TransactionContext transaction, LogEntryProto entry) {
        if (transaction.getStateMachineContext() instanceof MetadataCommand command) {
            return command;
        }
        try {
            return CommandCodec.decode(
                    entry.getStateMachineLogEntry().getLogData().toByteArray());
        } catch (InvalidProtocolBufferException e) {
            // Skipping it would let this node's image drift from the others'.
            throw new IllegalStateException("metadata entry " + entry.getIndex() + " cannot be read", e);
        }
    }

    private void write(MetadataCommand.AppendGroupRecords append, CommandReply.GroupRecordsAppended reply) {
        try {
            groups.apply(append.shards().stream()
                    .filter(records -> !reply.refusedShards().contains(records.shard()))
                    .toList());
        } catch (IOException e) {
            // Nothing may be applied after records that are missing; a start writes them again from the log.
            events.storageFailed(e.getMessage());
            throw new UncheckedIOException(e);
        }
    }

    private static Message message(MessageLite reply) {
        return Message.valueOf(UnsafeByteOperations.unsafeWrap(reply.toByteArray()));
    }

    @Override
    public CompletableFuture<Message> query(Message request) {
        ByteString content = request.getContent();
        try {
            HeartbeatMessage heartbeat = HeartbeatMessage.parseFrom(content.toByteArray());
            boolean known = events.heartbeat(heartbeat.getNodeId(), heartbeat.getEpoch());
            return CompletableFuture.completedFuture(
                    message(HeartbeatReply.newBuilder().setKnown(known).build()));
        } catch (InvalidProtocolBufferException e) {
            return CompletableFuture.failedFuture(
                    new StateMachineException("not a heartbeat: " + e.getMessage(), e, false));
        }
    }

    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        super.notifyTermIndexUpdated(term, index);
        events.applied(image, index);
    }

    @Override
    public long takeSnapshot() throws IOException {
        TermIndex applied = getLastAppliedTermIndex();
        if (applied.getIndex() < 0) {
            return -1;
        }
        storage.save(applied, ImageCodec.encode(image), groups::checkpoint);
        return applied.getIndex();
    }

    @Override
    public void close() throws IOException {
        getLifeCycle().checkStateAndClose(groups::close);
    }
}
