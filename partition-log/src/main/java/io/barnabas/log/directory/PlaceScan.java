package io.barnabas.log.directory;

import io.barnabas.log.directory.ReplicaPlaces.Place;
import io.barnabas.log.rules.PlaceRecovery;
import io.barnabas.log.rules.PlaceRecovery.Facts;
import io.barnabas.log.rules.PlaceRecovery.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.ratis.util.FileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks through the log directories at the start, before any replica is opened, and puts their files in order. */
final class PlaceScan {

    /** A move copies into a directory of this ending. Ratis passes over directories that are no UUIDs. */
    static final String COPY = "-future";

    /** Files that are not opened but kept. */
    static final String ASIDE = "-stray";

    /** Files that are being deleted. */
    static final String DELETED = "-delete";

    private static final Logger LOG = LoggerFactory.getLogger(PlaceScan.class);

    private final ReplicaPlaces places;
    private final Map<String, LogDirectory> directories;
    private final Map<UUID, Traces> traces = new HashMap<>();
    private final Map<UUID, String> lost = new HashMap<>();

    /** Ids of the directories where a replica was seen. */
    private record Traces(Set<String> found, Set<String> copies, Set<String> aside) {
        Traces() {
            this(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
        }
    }

    PlaceScan(ReplicaPlaces places, Map<String, LogDirectory> directories) {
        this.places = places;
        this.directories = directories;
    }

    /**
     * Does it. A directory that fails meanwhile goes offline, and all begins again without it.
     *
     * @return why a replica must not run, by group id, for those that live here and must not
     */
    Map<UUID, String> run() {
        List<LogDirectory> online = online();
        while (true) {
            traces.clear();
            lost.clear();
            List<LogDirectory> failed = new ArrayList<>();
            for (LogDirectory directory : online) {
                attempt(directory, failed, () -> list(directory));
            }
            if (failed.isEmpty() && decideAll()) {
                return Map.copyOf(lost);
            }
            online = online();
        }
    }

    private List<LogDirectory> online() {
        return directories.values().stream().filter(LogDirectory::isOnline).toList();
    }

    @FunctionalInterface
    private interface FileWork {
        void run() throws IOException;
    }

    private static boolean attempt(LogDirectory directory, List<LogDirectory> failed, FileWork work) {
        try {
            work.run();
            return true;
        } catch (IOException e) {
            LOG.error("log directory {} cannot be used", directory, e);
            directory.takeOffline(e.toString());
            failed.add(directory);
            return false;
        }
    }

    private void list(LogDirectory directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory.partitions())) {
            for (Path entry : entries.toList()) {
                String name = entry.getFileName().toString();
                if (name.endsWith(DELETED)) {
                    FileUtils.deleteFully(entry);
                } else if (name.endsWith(COPY)) {
                    groupId(name, COPY).ifPresent(id -> of(id).copies().add(directory.id()));
                } else if (name.endsWith(ASIDE)) {
                    groupId(name, ASIDE).ifPresent(id -> of(id).aside().add(directory.id()));
                } else {
                    Optional<UUID> id = groupId(name, "");
                    if (id.isPresent() && hasRun(entry)) {
                        of(id.get()).found().add(directory.id());
                    } else if (id.isPresent()) {
                        delete(entry);
                        places.drop(id.get(), directory.id());
                    }
                }
            }
        }
    }

    /** Of a replica that was about to be made when the node stopped there is a name only: it never took a vote. */
    private static boolean hasRun(Path replica) {
        return Files.exists(replica.resolve("current")) || Files.exists(replica.resolve("log"));
    }

    private Traces of(UUID groupId) {
        return traces.computeIfAbsent(groupId, id -> new Traces());
    }

    private static Optional<UUID> groupId(String name, String ending) {
        try {
            return Optional.of(UUID.fromString(name.substring(0, name.length() - ending.length())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private boolean decideAll() {
        Set<String> online = online().stream().map(LogDirectory::id).collect(Collectors.toSet());
        Set<UUID> known = new HashSet<>(traces.keySet());
        known.addAll(places.all().keySet());
        List<LogDirectory> failed = new ArrayList<>();
        for (UUID groupId : known) {
            Traces seen = of(groupId);
            Optional<Place> recorded = places.get(groupId);
            PlaceRecovery recovery = PlaceRecovery.of(
                    new Facts(recorded.map(Place::directory), online, seen.found(), seen.copies(), seen.aside()));
            for (Step step : recovery.steps()) {
                if (!attempt(directories.get(step.directory()), failed, () -> take(groupId, step))) {
                    return false;
                }
            }
            recovery.lost().ifPresent(why -> lost.put(groupId, reason(why, recorded, seen)));
            recovery.opensIn().map(directories::get).ifPresent(directory -> adopt(groupId, directory));
        }
        return true;
    }

    private void take(UUID groupId, Step step) throws IOException {
        LogDirectory directory = directories.get(step.directory());
        Path files = directory.replica(groupId);
        LOG.info("replica {}: {} in {}", groupId, step.getClass().getSimpleName(), directory);
        switch (step) {
            case Step.FinishMove finish -> Files.move(beside(files, COPY), files);
            case Step.DeleteCopy copy -> FileUtils.deleteFully(beside(files, COPY));
            case Step.DeleteOld old -> delete(files);
            case Step.SetAside aside -> {
                FileUtils.deleteFully(beside(files, ASIDE));
                Files.move(files, beside(files, ASIDE));
            }
            case Step.DeleteAside aside -> FileUtils.deleteFully(beside(files, ASIDE));
        }
        LogDirectory.sync(directory.partitions());
    }

    static Path beside(Path files, String ending) {
        return files.resolveSibling(files.getFileName() + ending);
    }

    /** The rename comes first, so that a crash never leaves half of a replica under its name. */
    static void delete(Path files) throws IOException {
        if (condemn(files)) {
            deleteCondemned(files);
        }
    }

    /** Takes a replica's files out of sight; false when there are none. */
    static boolean condemn(Path files) throws IOException {
        if (!Files.exists(files)) {
            return false;
        }
        deleteCondemned(files);
        Files.move(files, beside(files, DELETED));
        LogDirectory.sync(files.getParent());
        return true;
    }

    static void deleteCondemned(Path files) throws IOException {
        FileUtils.deleteFully(beside(files, DELETED));
    }

    private void adopt(UUID groupId, LogDirectory directory) {
        boolean recorded = places.get(groupId)
                .filter(place -> place.directory().equals(directory.id()))
                .isPresent();
        if (!recorded) {
            PartitionProperties name = name(groupId, directory);
            places.adopt(groupId, new Place(directory.id(), name.topic(), name.partition()));
        }
    }

    /** One that cannot be read fails when the replica is opened; its place is to be known all the same. */
    private static PartitionProperties name(UUID groupId, LogDirectory directory) {
        try {
            return PartitionProperties.read(directory.replica(groupId));
        } catch (IOException e) {
            return new PartitionProperties(groupId.toString(), -1);
        }
    }

    private String reason(PlaceRecovery.Lost why, Optional<Place> recorded, Traces seen) {
        String cure = "; `barnabas partition repair` fetches it anew from its peers";
        return switch (why) {
            case DIRECTORY_AWAY -> {
                String id = recorded.orElseThrow().directory();
                yield Optional.ofNullable(directories.get(id))
                        .map(away -> offline(away))
                        .orElse("its log directory, of directory.id " + id + ", is not among log.dirs" + cure);
            }
            case FILES_GONE -> {
                String where = recorded.map(Place::directory)
                        .map(directories::get)
                        .map(LogDirectory::toString)
                        .orElse("the log directories");
                yield "its files are gone from " + where + cure;
            }
            case AMBIGUOUS ->
                "its files are in several log directories, "
                        + seen.found().stream()
                                .map(id -> directories.get(id).toString())
                                .collect(Collectors.joining(" and "))
                        + ", and were set aside there" + cure;
        };
    }

    static String offline(LogDirectory directory) {
        return "its log directory " + directory + " is offline: "
                + directory.offline().orElse("unknown");
    }
}
