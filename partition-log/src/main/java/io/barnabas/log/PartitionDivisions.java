package io.barnabas.log;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.statemachine.StateMachine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The node's partition RaftServer: opens and closes the divisions of groups, and knows nothing of replicas. */
final class PartitionDivisions {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionDivisions.class);

    private final RaftPeerId self;
    private final RaftProperties raft;
    private final Parameters parameters;
    private final StateMachine.Registry stateMachines;
    private final Executor blocking;
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private final ElectionPatience patience;
    /** Null until groups were looked for. */
    private volatile RaftServer server;

    /** @param raft the storage directories are set here */
    PartitionDivisions(
            RaftPeerId self,
            RaftProperties raft,
            Parameters parameters,
            StateMachine.Registry stateMachines,
            Executor blocking) {
        this.self = self;
        this.raft = raft;
        this.parameters = parameters;
        this.stateMachines = stateMachines;
        this.blocking = blocking;
        this.patience = ElectionPatience.of(raft);
    }

    /**
     * Looks for the groups that {@link #start} will open.
     *
     * @param names directories that have one of each group's name
     * @param files where the files of the groups are
     */
    void find(List<File> names, List<File> files) throws IOException {
        // Ratis looks for groups when it makes a server, and for their files when it opens them.
        keepIn(names);
        server = newServer();
        keepIn(files);
    }

    private RaftServer newServer() throws IOException {
        return RaftServer.newBuilder()
                .setServerId(self)
                .setProperties(raft)
                .setParameters(parameters)
                .setStateMachineRegistry(stateMachines)
                .build();
    }

    /** Where the files of groups are that are opened from now on: Ratis reads the list anew for each of them. */
    void keepIn(List<File> directories) {
        RaftServerConfigKeys.setStorageDir(raft, directories);
    }

    RaftServer server() {
        return server;
    }

    /**
     * Starts the server and opens all groups that it has found.
     *
     * @param nothing a directory without groups
     * @param opened is told of each group
     * @param failed is told of each group that cannot be opened, and why
     */
    void start(Path nothing, Consumer<UUID> opened, BiConsumer<UUID, Throwable> failed) throws IOException {
        try {
            server.start();
            for (RaftGroupId groupId : server.getGroupIds()) {
                opened.accept(groupId.getUuid());
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("the replicas cannot all be started at once, now one after the other: {}", e.toString());
            startOneByOne(nothing, opened, failed);
        }
    }

    /**
     * Ratis starts all groups that it finds, or none when it cannot open the files of one. So it is shown none, and
     * given one at a time.
     */
    private void startOneByOne(Path nothing, Consumer<UUID> opened, BiConsumer<UUID, Throwable> failed)
            throws IOException {
        List<RaftGroupId> found = new ArrayList<>();
        server.getGroupIds().forEach(found::add);
        server.close();
        find(List.of(nothing.toFile()), RaftServerConfigKeys.storageDir(raft));
        server.start();
        for (RaftGroupId groupId : found) {
            try {
                open(groupId.getUuid(), List.of()).join();
                opened.accept(groupId.getUuid());
            } catch (RuntimeException e) {
                boolean wrapped = e instanceof CompletionException && e.getCause() != null;
                failed.accept(groupId.getUuid(), wrapped ? e.getCause() : e);
            }
        }
    }

    /** @param members none for a group that will be told its members, or reads them from its files */
    CompletableFuture<Void> open(UUID groupId, List<RaftPeer> members) {
        patience.apply(raft, openGroups());
        RaftGroup group = RaftGroup.valueOf(RaftGroupId.valueOf(groupId), members);
        return send(GroupManagementRequest.newAdd(clientId, self, callIds.incrementAndGet(), group, false));
    }

    CompletableFuture<Void> close(UUID groupId, boolean deleteFiles) {
        return send(GroupManagementRequest.newRemove(
                clientId, self, callIds.incrementAndGet(), RaftGroupId.valueOf(groupId), deleteFiles, false));
    }

    /** Whether Ratis knows the group; it knows neither those at rest nor those that a replica only stands in for. */
    boolean runs(UUID groupId) {
        try {
            return division(groupId) != null;
        } catch (IOException e) {
            return false;
        }
    }

    private int openGroups() {
        int open = 0;
        for (RaftGroupId ignored : server.getGroupIds()) {
            open++;
        }
        return open;
    }

    RaftServer.Division division(UUID groupId) throws IOException {
        return server.getDivision(RaftGroupId.valueOf(groupId));
    }

    private CompletableFuture<Void> send(GroupManagementRequest request) {
        // On a thread of its own: Ratis does part of the work on the caller's.
        return CompletableFuture.supplyAsync(() -> server, blocking)
                .thenCompose(running -> running.groupManagementAsync(request))
                .thenAccept(PartitionDivisions::requireSuccess);
    }

    private static void requireSuccess(RaftClientReply reply) {
        if (!reply.isSuccess()) {
            throw new CompletionException(reply.getException());
        }
    }

    void close() {
        RaftServer found = server;
        if (found == null) {
            return;
        }
        try {
            found.close();
        } catch (IOException | RuntimeException e) {
            LOG.warn("closing the partition RaftServer failed", e);
        }
    }
}
