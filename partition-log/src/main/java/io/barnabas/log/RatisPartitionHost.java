package io.barnabas.log;

import io.barnabas.log.compact.CleanableLog;
import io.barnabas.log.compact.CleanerStatus;
import io.barnabas.log.compact.CleanerThread;
import io.barnabas.log.compact.IoThrottle;
import io.barnabas.log.directory.LogDirectories;
import io.barnabas.log.directory.LogDirectory;
import io.barnabas.log.directory.LogDirectoryStatus;
import io.barnabas.log.directory.PartitionProperties;
import io.barnabas.log.directory.ReplicaMoveStatus;
import io.barnabas.log.directory.ReplicaMoves;
import io.barnabas.log.rules.rest.RestPoint;
import io.barnabas.log.rules.rest.RestRequest;
import io.barnabas.log.segment.DiskFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a node's partition replicas as divisions of one RaftServer. */
public final class RatisPartitionHost implements PartitionHost {

    private static final Logger LOG = LoggerFactory.getLogger(RatisPartitionHost.class);
    private static final long RESIGN_TIMEOUT_MS = 3_000;
    private static final long REVIVE_EVERY_MS = 1_000;
    private static final long CLOSE_TIMEOUT_MS = 5_000;

    private final PartitionHostConfig config;
    private final RaftPeerId peerId;
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private final Map<UUID, RatisPartitionReplica> replicas = new ConcurrentHashMap<>();
    private final Map<UUID, PartitionSpec> specs = new ConcurrentHashMap<>();
    private final List<Consumer<PartitionReplica>> electedListeners = new CopyOnWriteArrayList<>();
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final LogDirectories directories;
    private final RaftProperties raft;
    private final PartitionEnvironment environment;
    private volatile RaftServer server;
    private final ReplicaRepairs repairs;
    private final Set<UUID> reviving = ConcurrentHashMap.newKeySet();
    private final PartitionGroups groups;
    private final ReplicaMoves moves;
    private final CleanerThread cleaner;
    private final ScheduledExecutorService retention = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("log-retention").factory());

    private final ScheduledExecutorService flusher = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("log-flusher").factory());
    private final IndexRebuild indexRebuild;
    private final RecoveryPoints recoveryPoints;
    private final Scrubber scrubber;
    private final Quiescing quiescing;
    private final RestingNode restingNode = new ForResting();

    private RatisPartitionHost(PartitionHostConfig config) throws IOException {
        this.config = config;
        this.peerId = RaftPeerId.valueOf(Integer.toString(config.nodeId()));
        this.directories = LogDirectories.open(
                config.directories(), config.places(), config.indexConfig(), config.files(), config.listener());
        this.raft = RaftLogProperties.of(config);
        this.repairs = new ReplicaRepairs(config.places().resolveSibling("repairs"), new ForRepairs(), blocking);
        RaftServerConfigKeys.setStorageDir(raft, directories.raftStorage());
        this.recoveryPoints = new RecoveryPoints(replicas::values);
        this.indexRebuild =
                new IndexRebuild(replicas::values, config.indexConfig().rebuildBytesPerSecond());
        this.scrubber = new Scrubber(replicas::values, config.scrub());
        // Before Ratis looks for groups: the files of a replica that has left its group are of no more use.
        for (UUID groupId : repairs.interrupted()) {
            directories.forget(groupId);
        }
        this.environment = new PartitionEnvironment(
                config.nodeId(),
                config.files(),
                directories,
                config.claims(),
                config.flushMode(),
                config.producerIdleMs(),
                config.catchUp(),
                IoThrottle.of(config.catchUpBytesPerSecond()),
                blocking,
                System::currentTimeMillis);
        config.claims().readFrom(this::batchAt);
        this.quiescing = new Quiescing(replicas, config.quiesce());
        RestoredReplicas restored = new RestoredReplicas(directories, environment, this::newReplica);
        restored.open();
        RaftServerConfigKeys.setStorageDir(
                raft, restored.awakeGroups(config.places().resolveSibling("awake-groups")));
        this.server = newServer();
        RaftServerConfigKeys.setStorageDir(raft, directories.raftStorage());
        this.groups = new RatisPartitionGroups(
                peerId, () -> server, blocking, groupId -> Optional.ofNullable(replicas.get(groupId)));
        this.moves = new ReplicaMoves(directories, config.files(), config.moveBytesPerSecond(), new ForMoves());
        this.cleaner = new CleanerThread(config.cleaner(), this::cleanable, System::currentTimeMillis);
    }

    /** Starts the RaftServer and reopens every replica found on disk. */
    public static RatisPartitionHost open(PartitionHostConfig config) throws IOException {
        RatisPartitionHost host = new RatisPartitionHost(config);
        try {
            host.directories.onOffline(host::directoryFailed);
            host.directories.lost().forEach(host::standIn);
            host.repairs
                    .interrupted()
                    .forEach(groupId ->
                            host.standIn(groupId, "was being repaired when its node stopped; the repair goes on"));
            host.startServer();
            host.cleaner.start();
            if (config.flushMode() == FlushMode.ASYNC) {
                host.flusher.scheduleWithFixedDelay(
                        host::flush, config.flushIntervalMs(), config.flushIntervalMs(), TimeUnit.MILLISECONDS);
            }
            host.indexRebuild.start();
            host.recoveryPoints.start();
            host.scrubber.start();
            host.quiescing.start();
            host.retention.scheduleWithFixedDelay(
                    host::revive, REVIVE_EVERY_MS, REVIVE_EVERY_MS, TimeUnit.MILLISECONDS);
            host.retention.scheduleWithFixedDelay(
                    host::retain, config.retentionCheckMs(), config.retentionCheckMs(), TimeUnit.MILLISECONDS);
            return host;
        } catch (IOException | RuntimeException e) {
            host.close();
            throw e;
        }
    }

    private ByteBuffer batchAt(UUID groupId, long baseOffset) throws IOException {
        RatisPartitionReplica replica = replicas.get(groupId);
        if (replica == null) {
            throw new IOException("no replica of group " + groupId + " is here");
        }
        return replica.batchAt(baseOffset);
    }

    private RaftServer newServer() throws IOException {
        return RaftServer.newBuilder()
                .setServerId(peerId)
                .setProperties(raft)
                .setParameters(config.parameters())
                .setStateMachineRegistry(
                        groupId -> new PartitionStateMachine(replicaToOpen(groupId.getUuid()), environment))
                .build();
    }

    private void startServer() throws IOException {
        try {
            server.start();
            reconnect();
        } catch (IOException | RuntimeException e) {
            LOG.warn("the replicas cannot all be started at once, now one after the other: {}", e.toString());
            startOneByOne();
        }
    }

    /**
     * Ratis starts all groups that it finds, or none when it cannot open the files of one. So it is shown none, and
     * given one at a time; the ones that fail are known and the others run.
     */
    private void startOneByOne() throws IOException {
        List<RaftGroupId> found = new ArrayList<>();
        server.getGroupIds().forEach(found::add);
        server.close();
        RaftServerConfigKeys.setStorageDir(
                raft, List.of(config.places().resolveSibling("no-groups").toFile()));
        server = newServer();
        RaftServerConfigKeys.setStorageDir(raft, directories.raftStorage());
        server.start();
        for (RaftGroupId groupId : found) {
            try {
                open(groupId.getUuid(), List.of()).join();
            } catch (CompletionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                RatisPartitionReplica tried = replicas.get(groupId.getUuid());
                if (tried != null && tried.status().failure().isPresent()) {
                    continue;
                }
                standIn(groupId.getUuid(), "cannot be opened: " + DiskFault.reasonOf(cause));
            }
        }
    }

    /** A replica that wakes goes on, with its log; any other begins with its files. */
    private RatisPartitionReplica replicaToOpen(UUID groupId) {
        RatisPartitionReplica present = replicas.get(groupId);
        return present != null && present.rest().isOpening() ? present : newReplica(groupId);
    }

    private RatisPartitionReplica newReplica(UUID groupId) {
        RatisPartitionReplica replica = new RatisPartitionReplica(
                groupId,
                Optional.ofNullable(specs.get(groupId)),
                config.defaults(),
                environment,
                restingNode,
                this::elected);
        replicas.put(groupId, replica);
        return replica;
    }

    /**
     * Stands in for a replica that lives here but must not run, so that none begins anew in its place: one that forgot
     * its log and its vote may break its quorum.
     */
    private void standIn(UUID groupId, String reason) {
        newReplica(groupId).fail(reason, null);
    }

    /** Ratis reads the list of its storage directories anew for each group that it opens. */
    private void directoryFailed(LogDirectory directory) {
        RaftServerConfigKeys.setStorageDir(raft, directories.raftStorage());
        String reason = LogDirectories.reason(directory);
        directories.replicasOf(directory).stream()
                .flatMap(groupId -> Optional.ofNullable(replicas.get(groupId)).stream())
                .forEach(replica -> replica.fail(reason, null));
    }

    private void elected(PartitionReplica replica) {
        electedListeners.forEach(listener -> listener.accept(replica));
    }

    private void flush() {
        replicas.values().forEach(RatisPartitionReplica::flush);
    }

    private List<CleanableLog> cleanable() {
        return replicas.values().stream()
                .map(RatisPartitionReplica::cleanable)
                .flatMap(Optional::stream)
                .toList();
    }

    /** What compaction has done on this node. */
    public CleanerStatus cleanerStatus() {
        return cleaner.status();
    }

    private void retain() {
        for (RatisPartitionReplica replica : replicas.values()) {
            try {
                replica.retain();
            } catch (RuntimeException e) {
                LOG.warn("{}: retention failed and is tried again", replica, e);
            }
        }
    }

    /**
     * Starts again what Ratis has closed. A leader tells a candidate that it does not count among its members to shut
     * down; one that is just being let in again can be among them the next moment.
     */
    private void revive() {
        for (RatisPartitionReplica replica : replicas.values()) {
            UUID groupId = replica.groupId();
            PartitionSpec spec = specs.get(groupId);
            boolean idle = spec != null && !repairs.isRunning(groupId) && !moves.isMoving(groupId);
            if (idle && replica.isShutDown() && reviving.add(groupId)) {
                LOG.info("{} was shut down by its group and is started again", replica);
                stop(groupId, false).thenCompose(stopped -> start(spec)).whenComplete((started, error) -> {
                    reviving.remove(groupId);
                    if (error != null) {
                        standIn(groupId, "cannot be started again: " + error);
                    }
                });
            }
        }
    }

    private void reconnect() throws IOException {
        for (RaftGroupId groupId : server.getGroupIds()) {
            connect(groupId.getUuid());
        }
    }

    private RatisPartitionReplica connect(UUID groupId) throws IOException {
        RatisPartitionReplica replica = replicas.get(groupId);
        replica.started(server.getDivision(RaftGroupId.valueOf(groupId)));
        return replica;
    }

    @Override
    public Optional<PartitionReplica> replica(UUID groupId) {
        return Optional.ofNullable(replicas.get(groupId));
    }

    @Override
    public Collection<PartitionReplica> replicas() {
        return List.copyOf(replicas.values());
    }

    @Override
    public CompletableFuture<PartitionReplica> add(PartitionSpec spec) {
        specs.put(spec.groupId(), spec);
        RatisPartitionReplica present = replicas.get(spec.groupId());
        if (repairs.resume(spec) || repairs.isRunning(spec.groupId())) {
            return CompletableFuture.completedFuture(present);
        }
        if (present == null) {
            return moves.settled(spec.groupId()).thenCompose(settled -> start(spec));
        }
        present.configure(spec.config());
        if (moves.isMoving(spec.groupId())) {
            return CompletableFuture.completedFuture(present);
        }
        if (spec.joining() || hasPeers(present)) {
            return CompletableFuture.completedFuture(present);
        }
        // Ratis writes a group's peers down with its first committed entry only; a replica that stopped before it
        // comes back knowing nobody and is started again with its peers.
        return stop(spec.groupId(), false).thenCompose(stopped -> start(spec));
    }

    private static boolean hasPeers(RatisPartitionReplica replica) {
        return replica.division()
                .map(division -> !division.getGroup().getPeers().isEmpty())
                .orElse(true);
    }

    private CompletableFuture<PartitionReplica> start(PartitionSpec spec) {
        return start(spec, GroupMembership.first(spec));
    }

    /** @param members none for a replica that others will let into their group */
    private CompletableFuture<PartitionReplica> start(PartitionSpec spec, List<RaftPeer> members) {
        return prepare(spec).thenCompose(prepared -> open(spec.groupId(), members));
    }

    private CompletableFuture<PartitionReplica> open(UUID groupId, List<RaftPeer> members) {
        RaftGroup group = RaftGroup.valueOf(RaftGroupId.valueOf(groupId), members);
        return send(GroupManagementRequest.newAdd(clientId, peerId, callIds.incrementAndGet(), group, false))
                .thenApply(reply -> {
                    try {
                        return connect(groupId);
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                });
    }

    @Override
    public CompletableFuture<PartitionReplica> recover(PartitionSpec spec, UUID from, int epoch) {
        if (replicas.containsKey(spec.groupId())) {
            return add(spec);
        }
        RatisPartitionReplica present = replicas.get(from);
        Optional<String> failure =
                present == null ? Optional.empty() : present.status().failure();
        if (failure.isPresent() || repairs.isRunning(from)) {
            return CompletableFuture.failedFuture(new IOException(spec.topic() + "-" + spec.partition()
                    + " cannot go on alone from this node: " + failure.orElse("it is being repaired")));
        }
        specs.put(spec.groupId(), spec);
        specs.remove(from);
        return moves.cancel(from)
                .thenCompose(settled -> stop(from, false))
                .thenRunAsync(() -> takeOver(spec.groupId(), from, epoch), blocking)
                .thenCompose(taken -> start(spec));
    }

    private void takeOver(UUID groupId, UUID from, int epoch) {
        try {
            Optional<Path> files = directories.filesOf(from);
            if (files.isPresent()) {
                RaftPeer self = GroupMembership.peer(specs.get(groupId).peers().getFirst());
                new LoneMember(files.get()).write(self, epoch);
            }
            directories.rename(from, groupId);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private CompletableFuture<Void> prepare(PartitionSpec spec) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        directories.prepare(spec.groupId(), new PartitionProperties(spec.topic(), spec.partition()));
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                blocking);
    }

    @Override
    public CompletableFuture<Void> repair(UUID groupId) {
        PartitionSpec spec = specs.get(groupId);
        RatisPartitionReplica replica = replicas.get(groupId);
        if (spec == null || replica == null) {
            return CompletableFuture.failedFuture(new IOException("no replica of group " + groupId + " is here"));
        }
        if (replica.status().failure().isEmpty()) {
            return CompletableFuture.failedFuture(new IOException(replica + " is well, there is nothing to repair"));
        }
        return repairs.begin(spec);
    }

    @Override
    public CompletableFuture<Void> remove(UUID groupId) {
        specs.remove(groupId);
        return erase(groupId).thenRunAsync(() -> repairs.end(groupId), blocking);
    }

    private CompletableFuture<Void> erase(UUID groupId) {
        return moves.cancel(groupId)
                .thenCompose(settled -> stop(groupId, true))
                .thenRunAsync(
                        () -> {
                            try {
                                directories.forget(groupId);
                            } catch (IOException e) {
                                throw new CompletionException(e);
                            }
                        },
                        blocking);
    }

    private CompletableFuture<Void> stop(UUID groupId, boolean deleteFiles) {
        RatisPartitionReplica replica = replicas.get(groupId);
        CompletableFuture<Void> settled = replica == null
                ? CompletableFuture.completedFuture(null)
                : replica.rest().stop();
        return settled.thenComposeAsync(
                        done -> {
                            if (runs(groupId)) {
                                return close(groupId, deleteFiles);
                            }
                            if (replica != null) {
                                replica.closeLog();
                            }
                            return CompletableFuture.completedFuture(null);
                        },
                        blocking)
                .thenRun(() -> replicas.remove(groupId));
    }

    private CompletableFuture<Void> close(UUID groupId, boolean deleteFiles) {
        return send(GroupManagementRequest.newRemove(
                        clientId, peerId, callIds.incrementAndGet(), RaftGroupId.valueOf(groupId), deleteFiles, false))
                .thenRun(() -> {});
    }

    /** Whether Ratis knows the group; it does not know those that a replica only stands in for. */
    private boolean runs(UUID groupId) {
        try {
            return server.getDivision(RaftGroupId.valueOf(groupId)) != null;
        } catch (IOException e) {
            return false;
        }
    }

    private CompletableFuture<RaftClientReply> send(GroupManagementRequest request) {
        // On a thread of its own: Ratis does part of the work on the caller's.
        return CompletableFuture.supplyAsync(() -> server, blocking)
                .thenCompose(running -> running.groupManagementAsync(request))
                .thenApply(reply -> {
                    if (!reply.isSuccess()) {
                        throw new CompletionException(reply.getException());
                    }
                    return reply;
                });
    }

    private final class ForRepairs implements ReplicaRepairs.Replicas {

        @Override
        public Optional<PartitionSpec> spec(UUID groupId) {
            return Optional.ofNullable(specs.get(groupId));
        }

        @Override
        public CompletableFuture<Void> erase(UUID groupId) {
            return RatisPartitionHost.this.erase(groupId);
        }

        @Override
        public CompletableFuture<PartitionReplica> startEmpty(PartitionSpec spec) {
            return start(spec, List.of());
        }

        @Override
        public GroupMembership membership(PartitionSpec spec) throws IOException {
            quiescing
                    .wakeOthers(
                            spec.groupId(),
                            spec.peers().stream()
                                    .map(PartitionSpec.Peer::nodeId)
                                    .filter(id -> id != config.nodeId())
                                    .toList())
                    .join();
            return new GroupMembership(spec, config.nodeId(), raft, config.parameters());
        }
    }

    /** A replica that is stopped for its move is stood in for, so that nobody starts it meanwhile. */
    private final class ForMoves implements ReplicaMoves.Replicas {

        @Override
        public CompletableFuture<Void> stop(UUID groupId) {
            RatisPartitionReplica running = replicas.get(groupId);
            CompletableFuture<Void> resigned = running != null && running.leadsByRaft()
                    ? resign(groupId)
                    : CompletableFuture.completedFuture(null);
            return resigned.thenCompose(done -> RatisPartitionHost.this.stop(groupId, false))
                    .thenRun(() -> newReplica(groupId));
        }

        @Override
        public CompletableFuture<Void> start(UUID groupId) {
            Optional<PartitionSpec> spec = Optional.ofNullable(specs.get(groupId));
            boolean removed = directories.of(groupId).isEmpty();
            if (removed || runs(groupId)) {
                return CompletableFuture.completedFuture(null);
            }
            List<RaftPeer> peers = spec.map(GroupMembership::first).orElse(List.of());
            return CompletableFuture.runAsync(() -> requireFiles(groupId), blocking)
                    .thenCompose(there -> open(groupId, peers))
                    .handle((started, error) -> {
                        if (error != null) {
                            standIn(groupId, "cannot be started after its move: " + error);
                        }
                        return null;
                    });
        }

        private void requireFiles(UUID groupId) {
            try {
                directories.requireFiles(groupId);
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        }
    }

    @Override
    public CompletableFuture<Void> place(UUID groupId, Path directory) {
        Optional<LogDirectory> target = directories.at(directory);
        RatisPartitionReplica replica = replicas.get(groupId);
        if (target.isEmpty() || replica == null) {
            return CompletableFuture.failedFuture(
                    new IOException(target.isEmpty() ? directory + " is not in log.dirs" : groupId + " is not here"));
        }
        if (replica.status().failure().isPresent()) {
            directories.prefer(groupId, target.get());
            return repair(groupId);
        }
        return moves.move(groupId, target.get());
    }

    @Override
    public List<ReplicaMoveStatus> moves() {
        return moves.status();
    }

    @Override
    public List<LogDirectoryStatus> directories() {
        return directories.status();
    }

    @Override
    public Optional<Path> directoryOf(UUID groupId) {
        return directories.of(groupId).map(LogDirectory::path);
    }

    @Override
    public void onElected(Consumer<PartitionReplica> listener) {
        electedListeners.add(listener);
    }

    @Override
    public CompletableFuture<Void> resignLeaderships() {
        CompletableFuture<?>[] resignations = replicas.values().stream()
                .filter(RatisPartitionReplica::leadsByRaft)
                .map(replica -> resign(replica.groupId()))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(resignations)
                .orTimeout(2 * RESIGN_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .exceptionally(error -> null);
    }

    private CompletableFuture<Void> resign(UUID groupId) {
        return groups.resign(groupId).exceptionally(error -> {
            LOG.info("cannot hand over the lead of {}: {}", groupId, error.getMessage());
            return null;
        });
    }

    private final class ForResting implements RestingNode {

        @Override
        public int nodeId() {
            return config.nodeId();
        }

        @Override
        public CompletableFuture<Boolean> put(int to, RestRequest request) {
            return quiescing.put(to, request);
        }

        @Override
        public boolean isFree(UUID groupId, Optional<RestPoint> point) {
            PartitionSpec spec = specs.get(groupId);
            boolean asWanted = spec != null
                    && point.map(at -> at.members()
                                    .equals(spec.peers().stream()
                                            .map(PartitionSpec.Peer::nodeId)
                                            .sorted()
                                            .toList()))
                            .orElse(true);
            return quiescing.isOn()
                    && asWanted
                    && !spec.joining()
                    && !repairs.isRunning(groupId)
                    && !moves.isMoving(groupId)
                    && !reviving.contains(groupId);
        }

        @Override
        public boolean isHeard() {
            return quiescing.isHeard();
        }

        @Override
        public void closing(Runnable task) {
            quiescing.closing(this::run, task);
        }

        @Override
        public void run(Runnable task) {
            try {
                blocking.execute(task);
            } catch (RejectedExecutionException e) {
                LOG.debug("closed; a partition was going to rest or wake", e);
            }
        }

        @Override
        public CompletableFuture<Void> closeDivision(UUID groupId) {
            return close(groupId, false);
        }

        @Override
        public boolean runs(UUID groupId) {
            return RatisPartitionHost.this.runs(groupId);
        }

        @Override
        public CompletableFuture<?> openDivision(UUID groupId) {
            if (runs(groupId)) {
                try {
                    return CompletableFuture.completedFuture(connect(groupId));
                } catch (IOException e) {
                    return CompletableFuture.failedFuture(e);
                }
            }
            return open(groupId, List.of());
        }

        @Override
        public Executor blocking() {
            return blocking;
        }

        @Override
        public boolean isStopping() {
            return quiescing.isClosed();
        }

        @Override
        public long idleMs() {
            return quiescing.idleMs();
        }

        @Override
        public long nowMs() {
            return Quiescing.nowMs();
        }
    }

    @Override
    public RestingPartitions resting() {
        return quiescing;
    }

    @Override
    public PartitionGroups groups() {
        return groups;
    }

    @Override
    public void close() {
        repairs.close();
        indexRebuild.close();
        recoveryPoints.close();
        scrubber.close();
        cleaner.close();
        quiescing.close();
        retention.shutdownNow();
        flusher.shutdown();
        moves.close();
        try {
            server.close();
        } catch (IOException | RuntimeException e) {
            LOG.warn("closing the partition RaftServer failed", e);
        }
        replicas.values().forEach(RatisPartitionReplica::closeLog);
        blocking.shutdown();
        try {
            // Replicas that have failed may still be closing.
            if (!blocking.awaitTermination(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn("not all replicas closed within {} ms", CLOSE_TIMEOUT_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            directories.close();
        } catch (IOException e) {
            LOG.warn("closing an index failed; it is rebuilt from the segments where it lacks entries", e);
        }
    }
}
