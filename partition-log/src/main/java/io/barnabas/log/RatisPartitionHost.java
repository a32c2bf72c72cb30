package io.barnabas.log;

import io.barnabas.log.compact.CleanerStatus;
import io.barnabas.log.compact.IoThrottle;
import io.barnabas.log.directory.LogDirectories;
import io.barnabas.log.directory.LogDirectory;
import io.barnabas.log.directory.LogDirectoryStatus;
import io.barnabas.log.directory.PartitionProperties;
import io.barnabas.log.directory.ReplicaMoveStatus;
import io.barnabas.log.directory.ReplicaMoves;
import io.barnabas.log.rules.rest.RestPoint;
import io.barnabas.log.segment.DiskFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a node's partition replicas as divisions of one RaftServer. */
public final class RatisPartitionHost implements PartitionHost {

    private static final Logger LOG = LoggerFactory.getLogger(RatisPartitionHost.class);
    private static final long RESIGN_TIMEOUT_MS = 3_000;
    private static final long CLOSE_TIMEOUT_MS = 5_000;

    private final PartitionHostConfig config;
    private final RaftPeerId peerId;
    private final Map<UUID, RatisPartitionReplica> replicas = new ConcurrentHashMap<>();
    private final Map<UUID, PartitionSpec> specs = new ConcurrentHashMap<>();
    private final List<Consumer<PartitionReplica>> electedListeners = new CopyOnWriteArrayList<>();
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final LogDirectories directories;
    private final RaftProperties raft;
    private final PartitionEnvironment environment;
    private final PartitionDivisions divisions;
    private final ReplicaRepairs repairs;
    private final Set<UUID> reviving = ConcurrentHashMap.newKeySet();
    private final PartitionGroups groups;
    private final ReplicaMoves moves;
    private final ReplicaChores chores;
    private final Quiescing quiescing;
    private final FirstElection firstElection;
    private final RestingNode restingNode;

    private RatisPartitionHost(PartitionHostConfig config) throws IOException {
        this.config = config;
        this.peerId = RaftPeerId.valueOf(Integer.toString(config.nodeId()));
        this.directories = LogDirectories.open(
                config.directories(), config.places(), config.indexConfig(), config.files(), config.listener());
        this.raft = RaftLogProperties.of(config);
        this.repairs = new ReplicaRepairs(config.places().resolveSibling("repairs"), new ForRepairs(), blocking);
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
        this.firstElection = new FirstElection(config.nodeId(), quiescing, blocking);
        this.chores = new ReplicaChores(replicas::values, config);
        this.divisions = new PartitionDivisions(
                peerId,
                raft,
                config.parameters(),
                groupId -> new PartitionStateMachine(replicaToOpen(groupId.getUuid()), environment),
                blocking);
        this.restingNode =
                new RestingReplicas(config.nodeId(), quiescing, divisions, blocking, this::mayRest, this::connect);
        RestoredReplicas restored = new RestoredReplicas(directories, environment, this::newReplica);
        restored.open();
        divisions.find(restored.awakeGroups(config.places().resolveSibling("awake-groups")), directories.raftStorage());
        this.groups = new RatisPartitionGroups(
                peerId, divisions::server, blocking, groupId -> Optional.ofNullable(replicas.get(groupId)));
        this.moves = new ReplicaMoves(directories, config.files(), config.moveBytesPerSecond(), new ForMoves());
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
            host.divisions.start(config.places().resolveSibling("no-groups"), host::reconnect, host::notOpened);
            host.quiescing.start();
            host.chores.start(host::revive);
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
        return replica.reads().batchAt(baseOffset);
    }

    private void reconnect(UUID groupId) {
        try {
            connect(groupId);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void notOpened(UUID groupId, Throwable cause) {
        RatisPartitionReplica tried = replicas.get(groupId);
        if (tried == null || tried.failure().isEmpty()) {
            standIn(groupId, "cannot be opened: " + DiskFault.reasonOf(cause));
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

    private void directoryFailed(LogDirectory directory) {
        divisions.keepIn(directories.raftStorage());
        String reason = LogDirectories.reason(directory);
        directories.replicasOf(directory).stream()
                .flatMap(groupId -> Optional.ofNullable(replicas.get(groupId)).stream())
                .forEach(replica -> replica.fail(reason, null));
    }

    private void elected(PartitionReplica replica) {
        electedListeners.forEach(listener -> listener.accept(replica));
    }

    /** What compaction has done on this node. */
    public CleanerStatus cleanerStatus() {
        return chores.cleanerStatus();
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

    private RatisPartitionReplica connect(UUID groupId) throws IOException {
        RatisPartitionReplica replica = replicas.get(groupId);
        replica.started(divisions.division(groupId));
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

    @Override
    public CompletableFuture<PartitionReplica> create(PartitionSpec spec) {
        return add(spec)
                .thenCompose(replica -> firstElection
                        .opened((RatisPartitionReplica) replica, spec)
                        .thenApply(led -> replica));
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
        return divisions.open(groupId, members).thenApply(opened -> {
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
                            if (divisions.runs(groupId)) {
                                return divisions.close(groupId, deleteFiles);
                            }
                            if (replica != null) {
                                replica.closeLog();
                            }
                            return CompletableFuture.completedFuture(null);
                        },
                        blocking)
                .thenRun(() -> replicas.remove(groupId));
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
            if (removed || divisions.runs(groupId)) {
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

    private boolean mayRest(UUID groupId, Optional<RestPoint> point) {
        PartitionSpec spec = specs.get(groupId);
        return spec != null
                && !spec.joining()
                && point.map(at -> at.members().equals(members(spec))).orElse(true)
                && !repairs.isRunning(groupId)
                && !moves.isMoving(groupId)
                && !reviving.contains(groupId);
    }

    private static List<Integer> members(PartitionSpec spec) {
        return spec.peers().stream().map(PartitionSpec.Peer::nodeId).sorted().toList();
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
        chores.close();
        quiescing.close();
        moves.close();
        divisions.close();
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
