package io.barnabas.metadata;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.barnabas.metadata.proto.HeartbeatMessage;
import io.barnabas.metadata.proto.HeartbeatReply;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.MetadataRules;
import io.barnabas.metadata.rules.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
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

/** Carries metadata commands through Ratis: decode, apply by the rules, publish the image, answer. */
final class MetadataStateMachine extends BaseStateMachine {

    private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
    private final Events events;
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

    private void load() throws IOException {
        SingleFileSnapshotInfo snapshot = storage.loadLatestSnapshot();
        if (snapshot == null) {
            return;
        }
        Path file = snapshot.getFile().getPath();
        try {
            image = ImageCodec.decode(Files.readAllBytes(file));
        } catch (InvalidProtocolBufferException e) {
            throw new IOException("metadata snapshot " + file + " cannot be read: " + e.getMessage(), e);
        }
        setLastAppliedTermIndex(snapshot.getTermIndex());
        events.applied(image, snapshot.getIndex());
    }

    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto failed) {
        events.storageFailed(cause.toString());
    }

    MetadataImage image() {
        return image;
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return storage;
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
        byte[] command = request.getMessage().getContent().toByteArray();
        try {
            CommandCodec.decode(command);
        } catch (InvalidProtocolBufferException e) {
            throw new StateMachineException("not a metadata command: " + e.getMessage(), e, false);
        }
        return TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .setLogData(UnsafeByteOperations.unsafeWrap(command))
                .build();
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        MetadataCommand command;
        try {
            command = CommandCodec.decode(
                    entry.getStateMachineLogEntry().getLogData().toByteArray());
        } catch (InvalidProtocolBufferException e) {
            // Skipping it would let this node's image drift from the others'.
            throw new IllegalStateException("metadata entry " + entry.getIndex() + " cannot be read", e);
        }
        Outcome outcome = MetadataRules.apply(image, command, entry.getIndex());
        if (outcome instanceof Outcome.Changed changed) {
            image = changed.image();
        }
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        events.applied(image, entry.getIndex());
        return CompletableFuture.completedFuture(message(ResultCodec.encode(outcome, entry.getIndex())));
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
        Path file =
                storage.getSnapshotFile(applied.getTerm(), applied.getIndex()).toPath();
        // One name for all, so that what a crash leaves behind is overwritten by the next.
        Path temporary = file.resolveSibling("snapshot.tmp");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(ImageCodec.encode(image));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        // The digest first: a snapshot without one could not be sent to a follower, a digest without one is swept up.
        MD5Hash digest = MD5FileUtil.computeMd5ForFile(temporary.toFile());
        MD5FileUtil.saveMD5File(file.toFile(), digest);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(file.getParent())) {
            directory.force(true);
        }
        storage.updateLatestSnapshot(new SingleFileSnapshotInfo(new FileInfo(file, digest), applied));
        return applied.getIndex();
    }

    @Override
    public void close() throws IOException {
        getLifeCycle().checkStateAndClose(() -> {});
    }
}
