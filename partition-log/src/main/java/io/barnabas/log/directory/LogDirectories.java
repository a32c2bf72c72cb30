package io.barnabas.log.directory;

import io.barnabas.log.directory.ReplicaPlaces.Place;
import io.barnabas.log.index.IndexConfig;
import io.barnabas.log.index.IndexResources;
import io.barnabas.log.index.IndexSink;
import io.barnabas.log.index.LogIndex;
import io.barnabas.log.rules.DirectoryChoice;
import io.barnabas.log.segment.SegmentFiles;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log directories of a node, and which replica lives in which.
 *
 * <p>Ratis is told of the directories that are well. It opens a group in whichever of them the group's directory is
 * found, and formats an empty one; so a new replica is placed by making its directory before Ratis hears of it, and
 * Ratis never chooses. It reads its list of directories anew for each group, so one that fails is taken off the list.
 */
public final class LogDirectories implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(LogDirectories.class);

    private final Map<String, LogDirectory> directories = new LinkedHashMap<>();
    private final Map<UUID, String> reserved = new HashMap<>();
    private final Map<UUID, LogDirectory> preferred = new ConcurrentHashMap<>();
    private final Map<UUID, String> lost = new ConcurrentHashMap<>();
    private final List<Consumer<LogDirectory>> offlineListeners = new CopyOnWriteArrayList<>();
    private final IndexResources memory;
    private final Path placesFile;
    private final ReplicaPlaces places;
    private final SegmentFiles files;
    private final LogDirectoryListener listener;

    private LogDirectories(
            List<LogDirectoryConfig> configs,
            Path placesFile,
            IndexConfig indexConfig,
            SegmentFiles files,
            LogDirectoryListener listener)
            throws IOException {
        configs.forEach(config -> directories.put(config.id(), new LogDirectory(config)));
        this.placesFile = placesFile;
        this.places = ReplicaPlaces.read(placesFile);
        this.files = files;
        this.listener = listener;
        this.memory = new IndexResources(indexConfig);
    }

    /**
     * Opens them and puts the replicas' files in order.
     *
     * @param placesFile the record of places, in the metadata directory
     * @param indexConfig memory and pace of the indexes, which share the memory
     * @param files the file system under the segments, by which a directory is tried
     * @throws IOException when none is well, or the record of places cannot be used
     */
    public static LogDirectories open(
            List<LogDirectoryConfig> configs,
            Path placesFile,
            IndexConfig indexConfig,
            SegmentFiles files,
            LogDirectoryListener listener)
            throws IOException {
        LogDirectories opened = new LogDirectories(configs, placesFile, indexConfig, files, listener);
        try {
            opened.openAll();
            return opened;
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private void openAll() throws IOException {
        for (LogDirectory directory : online()) {
            try {
                Files.createDirectories(directory.partitions());
                Optional<String> broken = broken(directory);
                if (broken.isPresent()) {
                    directory.takeOffline(broken.get());
                } else {
                    directory.opened(LogIndex.open(directory.indexDirectory(), memory));
                }
            } catch (IOException e) {
                directory.takeOffline(e.toString());
            }
        }
        lost.putAll(new PlaceScan(places, directories).run());
        places.rewrite();
        directories.values().stream()
                .filter(directory -> !directory.isOnline())
                .forEach(directory -> LOG.error(
                        "log directory {} is offline, and so are its replicas: {}",
                        directory,
                        directory.offline().orElseThrow()));
        if (online().isEmpty()) {
            throw new IOException("no log directory can be used: "
                    + directories.values().stream()
                            .map(directory ->
                                    directory + " (" + directory.offline().orElseThrow() + ")")
                            .reduce((a, b) -> a + ", " + b)
                            .orElse("log.dirs is empty"));
        }
    }

    private List<LogDirectory> online() {
        return directories.values().stream().filter(LogDirectory::isOnline).toList();
    }

    /** Where Ratis finds the groups. */
    public List<File> raftStorage() {
        return online().stream()
                .map(directory -> directory.partitions().toFile())
                .toList();
    }

    /** Replicas that live on this node but must not run, and why; as found at the start. */
    public Map<UUID, String> lost() {
        return Map.copyOf(lost);
    }

    /** Every directory's condition, in the order of {@code log.dirs}. */
    public List<LogDirectoryStatus> status() {
        return directories.values().stream().map(LogDirectory::status).toList();
    }

    /** The directory of that path. */
    public Optional<LogDirectory> at(Path path) {
        return directories.values().stream()
                .filter(directory -> directory.path().equals(path))
                .findFirst();
    }

    /** The directory where a replica lives, well or not; empty when nothing is known of the replica. */
    public Optional<LogDirectory> of(UUID groupId) {
        return places.get(groupId).map(place -> directories.get(place.directory()));
    }

    /** What a replica is called, when it is known. */
    public Optional<PartitionProperties> nameOf(UUID groupId) {
        return places.get(groupId).map(place -> new PartitionProperties(place.topic(), place.partition()));
    }

    /** The index entries of the replica whose files are in {@code root}. */
    public IndexSink index(UUID groupId, Path root) throws IOException {
        return directories.values().stream()
                .filter(directory ->
                        directory.partitions().equals(root.toAbsolutePath().getParent()))
                .flatMap(directory -> directory.index().stream())
                .findFirst()
                .orElseThrow(() -> new IOException(root + " is in no log directory of this node"))
                .partition(groupId);
    }

    /**
     * Makes a replica's directory where it shall live. A replica that has one keeps it.
     *
     * @throws IOException when its directory is offline, or no directory can take it
     */
    public void prepare(UUID groupId, PartitionProperties name) throws IOException {
        if (places.get(groupId).isPresent()) {
            requireFiles(groupId);
            return;
        }
        LogDirectory chosen = reserve(groupId);
        try {
            make(groupId, name, chosen);
        } catch (IOException e) {
            check(chosen);
            throw e;
        } finally {
            synchronized (reserved) {
                reserved.remove(groupId);
            }
        }
    }

    /**
     * Sees that a replica's files are there. Ratis would take an empty directory for a new member.
     *
     * @throws IOException when they are not
     */
    public void requireFiles(UUID groupId) throws IOException {
        LogDirectory home = of(groupId).orElseThrow(() -> new IOException("its log directory is not among log.dirs"));
        if (!home.isOnline()) {
            throw new IOException(reason(home));
        }
        if (!Files.isDirectory(home.replica(groupId))) {
            throw new IOException("its files are gone from " + home);
        }
    }

    /** Lets a replica that is made anew live in a directory that is not chosen, the next time it is made. */
    public void prefer(UUID groupId, LogDirectory target) {
        preferred.put(groupId, target);
    }

    /** A replica's copy in {@code target} is whole and on disk: from now on it lives there. */
    void moved(UUID groupId, LogDirectory target) throws IOException {
        Place from = places.get(groupId).orElseThrow(() -> new IOException("the replica was removed"));
        record(() -> places.put(groupId, new Place(target.id(), from.topic(), from.partition())));
        Files.move(PlaceScan.beside(target.replica(groupId), PlaceScan.COPY), target.replica(groupId));
        LogDirectory.sync(target.partitions());
    }

    private void make(UUID groupId, PartitionProperties name, LogDirectory chosen) throws IOException {
        Files.createDirectories(chosen.replica(groupId));
        name.write(chosen.replica(groupId));
        chosen.syncReplicas();
        record(() -> places.put(groupId, new Place(chosen.id(), name.topic(), name.partition())));
    }

    /** Chooses; replicas that are being made at the same time count already. */
    private LogDirectory reserve(UUID groupId) throws IOException {
        LogDirectory wanted = preferred.remove(groupId);
        if (wanted != null && wanted.isOnline()) {
            return wanted;
        }
        synchronized (reserved) {
            List<DirectoryChoice.Candidate> candidates = online().stream()
                    .map(directory -> new DirectoryChoice.Candidate(
                            directory.id(),
                            places.count(directory.id())
                                    + (int) reserved.values().stream()
                                            .filter(directory.id()::equals)
                                            .count(),
                            directory.usableBytes()))
                    .toList();
            String id =
                    DirectoryChoice.choose(candidates).orElseThrow(() -> new IOException("no log directory is online"));
            reserved.put(groupId, id);
            return directories.get(id);
        }
    }

    /** Forgets a replica and deletes what is left of its files and index entries. */
    public void forget(UUID groupId) throws IOException {
        Optional<LogDirectory> home = of(groupId);
        record(() -> places.remove(groupId));
        lost.remove(groupId);
        if (home.isEmpty() || !home.get().isOnline()) {
            return;
        }
        PlaceScan.delete(home.get().replica(groupId));
        home.get().index().ifPresent(index -> index.partition(groupId).clear());
    }

    /** The files of a replica that is not open; empty when it has none, or none any more. */
    public Optional<Path> filesOf(UUID groupId) throws IOException {
        Optional<LogDirectory> home = of(groupId);
        if (home.isPresent() && !home.get().isOnline()) {
            throw new IOException(reason(home.get()));
        }
        return home.map(directory -> directory.replica(groupId)).filter(Files::isDirectory);
    }

    /**
     * Lets a replica that is not open go by another id. After a crash in the middle it has one of the two names, and
     * this can be called again.
     */
    public void rename(UUID groupId, UUID newId) throws IOException {
        Optional<Place> place = places.get(groupId);
        if (place.isEmpty()) {
            return;
        }
        LogDirectory home = directories.get(place.get().directory());
        if (filesOf(groupId).isPresent()) {
            Files.move(home.replica(groupId), home.replica(newId));
            LogDirectory.sync(home.partitions());
        }
        if (Files.isDirectory(home.replica(newId))) {
            record(() -> places.put(newId, place.get()));
        }
        forget(groupId);
    }

    @FunctionalInterface
    private interface Change {
        void run() throws IOException;
    }

    private void record(Change change) throws IOException {
        try {
            change.run();
        } catch (IOException e) {
            String reason = "cannot write " + placesFile + ": " + e;
            listener.failed(placesFile.getParent(), reason, online().size());
            throw new IOException(reason, e);
        }
    }

    /** Calls {@code listener} when a directory goes offline, on a thread that may block. */
    public void onOffline(Consumer<LogDirectory> offline) {
        offlineListeners.add(offline);
    }

    /** Sees whether the directory of a replica that failed can still be written; takes it offline when not. */
    public void suspect(UUID groupId) {
        of(groupId).ifPresent(this::check);
    }

    /** Sees whether a directory can still be written; takes it offline when not. */
    void check(LogDirectory directory) {
        if (!directory.isOnline()) {
            return;
        }
        broken(directory).ifPresent(reason -> takeOffline(directory, reason));
    }

    private Optional<String> broken(LogDirectory directory) {
        try {
            directory.probe(files);
            return Optional.empty();
        } catch (IOException e) {
            if (!isFull(e)) {
                return Optional.of(e.toString());
            }
            // What it holds can be read still; a replica that must write fails by itself.
            LOG.error("log directory {} is full", directory);
            return Optional.empty();
        }
    }

    private static boolean isFull(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("No space left") || message.contains("quota exceeded");
    }

    private void takeOffline(LogDirectory directory, String reason) {
        if (directory.takeOffline(reason)) {
            LOG.error("log directory {} failed and is offline, and so are its replicas: {}", directory, reason);
            offlineListeners.forEach(each -> each.accept(directory));
            listener.failed(directory.path(), reason, online().size());
        }
    }

    /** Why the replicas of an offline directory do not run. */
    public static String reason(LogDirectory offline) {
        return PlaceScan.offline(offline);
    }

    /** The replicas that live in a directory. */
    public Collection<UUID> replicasOf(LogDirectory directory) {
        return places.all().entrySet().stream()
                .filter(entry -> entry.getValue().directory().equals(directory.id()))
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (LogDirectory directory : directories.values()) {
            try {
                if (directory.index().isPresent()) {
                    directory.index().get().close();
                }
            } catch (IOException e) {
                failure = e;
            }
        }
        memory.close();
        places.close();
        if (failure != null) {
            throw failure;
        }
    }
}
