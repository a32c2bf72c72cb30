package io.barnabas.net.kafka.testing;

import io.barnabas.log.GroupMembers;
import io.barnabas.log.PartitionGroups;
import io.barnabas.log.PartitionHost;
import io.barnabas.log.PartitionReplica;
import io.barnabas.log.PartitionSpec;
import io.barnabas.log.RestingPartitions;
import io.barnabas.log.directory.LogDirectoryStatus;
import io.barnabas.log.directory.ReplicaMoveStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Fake replicas by group id, all led by this node. */
public final class FakeHost implements PartitionHost {

    private final int nodeId;
    private final Path directory;
    private final List<ReplicaMoveStatus> moves = new CopyOnWriteArrayList<>();
    private final Map<UUID, FakeReplica> replicas = new ConcurrentHashMap<>();

    public FakeHost(int nodeId, Path directory) {
        this.nodeId = nodeId;
        this.directory = directory;
    }

    @Override
    public Optional<PartitionReplica> replica(UUID groupId) {
        return Optional.ofNullable(replicas.get(groupId));
    }

    @Override
    public Collection<PartitionReplica> replicas() {
        return List.copyOf(replicas.values());
    }

    /** The fakes themselves. */
    public Collection<FakeReplica> fakes() {
        return List.copyOf(replicas.values());
    }

    @Override
    public CompletableFuture<PartitionReplica> add(PartitionSpec spec) {
        FakeReplica replica = replicas.computeIfAbsent(
                spec.groupId(), id -> new FakeReplica(id, spec.topic(), spec.partition(), nodeId, directory));
        replica.configure(spec.config());
        return CompletableFuture.completedFuture(replica);
    }

    @Override
    public CompletableFuture<PartitionReplica> create(PartitionSpec spec) {
        return add(spec);
    }

    @Override
    public CompletableFuture<Void> remove(UUID groupId) {
        Optional.ofNullable(replicas.remove(groupId)).ifPresent(FakeReplica::close);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> repair(UUID groupId) {
        return CompletableFuture.failedFuture(new IOException("a fake is always well"));
    }

    @Override
    public CompletableFuture<PartitionReplica> recover(PartitionSpec spec, UUID from, int epoch) {
        return add(spec);
    }

    @Override
    public CompletableFuture<Void> place(UUID groupId, Path wanted) {
        return wanted.equals(directory)
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(new IOException("there is one directory"));
    }

    @Override
    public List<ReplicaMoveStatus> moves() {
        return List.copyOf(moves);
    }

    /** Shows a replica as one that is being moved. */
    public void moving(UUID groupId) {
        moves.add(new ReplicaMoveStatus(groupId, directory, 77, 0));
    }

    /** A log directory that cannot be used. */
    public Path offlineDirectory() {
        return directory.resolveSibling("offline");
    }

    @Override
    public List<LogDirectoryStatus> directories() {
        return List.of(
                new LogDirectoryStatus(directory, Optional.empty(), 1000, 400),
                new LogDirectoryStatus(offlineDirectory(), Optional.of("broken"), -1, -1));
    }

    @Override
    public Optional<Path> directoryOf(UUID groupId) {
        return Optional.of(directory).filter(path -> replicas.containsKey(groupId));
    }

    /** None rests, and messages come back as they are. */
    @Override
    public RestingPartitions resting() {
        return new RestingPartitions() {
            @Override
            public Collection<Resting> resting() {
                return List.of();
            }

            @Override
            public void confirm(UUID groupId) {}

            @Override
            public void wake(UUID groupId, boolean first) {}

            @Override
            public CompletableFuture<byte[]> answer(byte[] message) {
                return CompletableFuture.completedFuture(message.clone());
            }
        };
    }

    /** Groups of one member each, which leads. */
    @Override
    public PartitionGroups groups() {
        return new PartitionGroups() {
            @Override
            public Optional<GroupMembers> members(UUID groupId) {
                return replica(groupId)
                        .map(replica -> new GroupMembers(
                                nodeId, replica.leadership().epoch(), Map.of(nodeId, new GroupMembers.Member(0, 0))));
            }

            @Override
            public CompletableFuture<Void> change(
                    UUID groupId, List<PartitionSpec.Peer> from, List<PartitionSpec.Peer> to) {
                return CompletableFuture.failedFuture(new IOException("nobody else is here"));
            }

            @Override
            public CompletableFuture<Void> transfer(UUID groupId, int node) {
                return CompletableFuture.failedFuture(new IOException("nobody else is here"));
            }

            @Override
            public CompletableFuture<Void> resign(UUID groupId) {
                return CompletableFuture.completedFuture(null);
            }
        };
    }

    @Override
    public void onElected(Consumer<PartitionReplica> listener) {
        replicas.values().forEach(listener);
    }

    @Override
    public CompletableFuture<Void> resignLeaderships() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        replicas.values().forEach(FakeReplica::close);
        replicas.clear();
    }
}
