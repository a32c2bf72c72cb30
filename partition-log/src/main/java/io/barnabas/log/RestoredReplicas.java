package io.barnabas.log;

import io.barnabas.log.directory.LogDirectories;
import io.barnabas.log.rules.rest.RestPoint;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.StorageImplUtils;
import org.apache.ratis.util.SizeInBytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the replicas that rested when their node stopped, as resting ones. Ratis starts whatever group it finds in its
 * storage directories; so while some rest it is shown a directory with the names of the others, and the true ones
 * before it opens files.
 */
final class RestoredReplicas {

    private static final Logger LOG = LoggerFactory.getLogger(RestoredReplicas.class);
    private static final int AT_ONCE = 8;

    private final LogDirectories directories;
    private final PartitionEnvironment environment;
    private final Function<UUID, RatisPartitionReplica> replicas;
    private final Set<UUID> awake = new HashSet<>();
    private final Set<UUID> resting = ConcurrentHashMap.newKeySet();

    /** @param replicas makes a replica */
    RestoredReplicas(
            LogDirectories directories,
            PartitionEnvironment environment,
            Function<UUID, RatisPartitionReplica> replicas) {
        this.directories = directories;
        this.environment = environment;
        this.replicas = replicas;
    }

    /** Opens all that rest. */
    void open() throws IOException {
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<?>> opening = new ArrayList<>();
            for (File directory : directories.raftStorage()) {
                for (Path root : roots(directory)) {
                    Optional<UUID> groupId = groupId(root);
                    if (groupId.isPresent() && RestMark.exists(root)) {
                        opening.add(threads.submit(() -> open(groupId.get(), root)));
                    }
                    groupId.ifPresent(awake::add);
                }
            }
        }
        awake.removeAll(resting);
    }

    private static List<Path> roots(File directory) throws IOException {
        try (Stream<Path> roots = Files.list(directory.toPath())) {
            return roots.filter(Files::isDirectory).toList();
        }
    }

    private static Optional<UUID> groupId(Path root) {
        try {
            return Optional.of(UUID.fromString(root.getFileName().toString()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void open(UUID groupId, Path root) {
        try {
            Optional<RestPoint> point = RestMark.read(environment.files(), root, groupId);
            if (point.isEmpty()) {
                return;
            }
            RatisPartitionReplica replica = replicas.apply(groupId);
            replica.files().open(root);
            RaftStorage storage = StorageImplUtils.newRaftStorage(
                    root.toFile(),
                    SizeInBytes.ZERO,
                    RaftStorage.StartupOption.RECOVER,
                    CorruptionPolicy.WARN_AND_RETURN);
            SnapshotFiles snapshots = new SnapshotFiles();
            snapshots.open(storage);
            replica.opened(new ReplicaRecovery(replica, environment, snapshots, storage).openResting(point.get()));
            replica.rest().restored(point.get());
            resting.add(groupId);
        } catch (IOException | RuntimeException e) {
            LOG.info("replica {} rested and is opened awake: {}", groupId, e.toString());
        }
    }

    /**
     * Where Ratis shall look for groups: where they are when none rests, otherwise a directory with the names of those
     * that do not.
     */
    List<File> awakeGroups(Path names) throws IOException {
        if (Files.isDirectory(names)) {
            for (Path old : roots(names.toFile())) {
                Files.delete(old);
            }
        }
        if (resting.isEmpty()) {
            return directories.raftStorage();
        }
        Files.createDirectories(names);
        for (UUID groupId : awake) {
            Files.createDirectory(names.resolve(groupId.toString()));
        }
        return List.of(names.toFile());
    }
}
