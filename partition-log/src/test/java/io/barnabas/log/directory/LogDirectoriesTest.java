package io.barnabas.log.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.log.compact.IoThrottle;
import io.barnabas.log.index.IndexConfig;
import io.barnabas.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of replicas through moves, crashes and lost disks; no replica runs. */
class LogDirectoriesTest {

    private static final PartitionProperties NAME = new PartitionProperties("orders", 3);

    @TempDir
    Path home;

    private final UUID group = UUID.randomUUID();
    private final List<String> failed = new ArrayList<>();

    private LogDirectories open(String... away) throws IOException {
        List<LogDirectoryConfig> configs = Stream.of("a", "b", "c")
                .map(id -> new LogDirectoryConfig(
                        id, home.resolve(id), List.of(away).contains(id) ? Optional.of("away") : Optional.empty()))
                .toList();
        return LogDirectories.open(
                configs,
                home.resolve("replica-places"),
                IndexConfig.DEFAULT,
                SegmentFiles.direct(),
                (path, reason, remaining) -> failed.add(path.getFileName() + " " + remaining));
    }

    private static String homeOf(LogDirectories directories, UUID group) {
        return directories.of(group).orElseThrow().id();
    }

    /** As a replica that ran leaves them. */
    private Path run(LogDirectories directories) throws IOException {
        directories.prepare(group, NAME);
        Path files = directories.of(group).orElseThrow().replica(group);
        Files.createDirectories(files.resolve("current"));
        Files.writeString(files.resolve("current").resolve("raft-meta"), "term=1");
        Files.createDirectories(files.resolve("log"));
        Files.writeString(files.resolve("log").resolve("00000000000000000000.log"), "first");
        Files.writeString(files.resolve("log").resolve("00000000000000000007.log"), "second");
        Files.writeString(files.resolve("in_use.lock"), "pid");
        return files;
    }

    private ReplicaCopy copy(Path from, LogDirectory target) {
        return new ReplicaCopy(
                from,
                PlaceScan.beside(target.replica(group), PlaceScan.COPY),
                SegmentFiles.direct(),
                new IoThrottle(Long.MAX_VALUE, System::nanoTime, nanos -> {}));
    }

    @Test
    void newReplicasAreSpreadAndAllIsRemembered() throws Exception {
        List<UUID> groups = Stream.generate(UUID::randomUUID).limit(6).toList();
        List<String> homes = new ArrayList<>();
        try (LogDirectories directories = open()) {
            for (UUID each : groups) {
                directories.prepare(each, NAME);
                Files.createDirectory(
                        directories.of(each).orElseThrow().replica(each).resolve("current"));
                homes.add(homeOf(directories, each));
            }
            assertThat(homes).containsOnly("a", "b", "c");
            assertThat(directories.replicasOf(directories.at(home.resolve("b")).orElseThrow()))
                    .hasSize(2);
        }
        try (LogDirectories directories = open()) {
            assertThat(groups).extracting(each -> homeOf(directories, each)).isEqualTo(homes);
            assertThat(directories.lost()).isEmpty();
            assertThat(directories.nameOf(groups.getFirst())).contains(NAME);
        }
    }

    @Test
    void aTornRecordOfPlacesIsReadAsFarAsItIsWhole() throws Exception {
        try (LogDirectories directories = open()) {
            run(directories);
        }
        Path places = home.resolve("replica-places");
        String whole = Files.readString(places);
        Files.writeString(
                places, "at " + UUID.randomUUID() + " a oth", StandardOpenOption.APPEND, StandardOpenOption.WRITE);
        try (LogDirectories directories = open()) {
            assertThat(directories.of(group)).isPresent();
        }
        assertThat(Files.readString(places)).isEqualTo(whole);
        Files.delete(places);
        try (LogDirectories directories = open()) {
            assertThat(directories.nameOf(group)).contains(NAME);
        }
        assertThat(Files.readString(places)).isEqualTo(whole);
    }

    @Test
    void aReplicaThatNeverRanLeavesNothing() throws Exception {
        try (LogDirectories directories = open()) {
            directories.prepare(group, NAME);
        }
        try (LogDirectories directories = open()) {
            assertThat(directories.of(group)).isEmpty();
            assertThat(directories.lost()).isEmpty();
            assertThat(home.resolve("a").resolve("partitions")).isEmptyDirectory();
        }
    }

    @Test
    void aReplicaOfADirectoryThatIsAwayIsNotMadeAnew() throws Exception {
        String where;
        try (LogDirectories directories = open()) {
            run(directories);
            where = homeOf(directories, group);
        }
        try (LogDirectories directories = open(where)) {
            assertThat(directories.lost().get(group)).contains("offline: away");
            assertThat(directories.raftStorage()).hasSize(2);
            assertThatThrownBy(() -> directories.prepare(group, NAME)).hasMessageContaining("offline");
        }
        try (LogDirectories directories = open()) {
            assertThat(directories.lost()).isEmpty();
            assertThat(homeOf(directories, group)).isEqualTo(where);
        }
        assertThatThrownBy(() -> open("a", "b", "c"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no log directory can be used");
    }

    @Test
    void aMoveThatStopsAnywhereIsFinishedOrForgotten() throws Exception {
        for (int stop = 0; stop <= 4; stop++) {
            String from;
            String to;
            try (LogDirectories directories = open()) {
                Path files = run(directories);
                LogDirectory source = directories.of(group).orElseThrow();
                LogDirectory target = Stream.of("a", "b")
                        .map(id -> directories.at(home.resolve(id)).orElseThrow())
                        .filter(each -> each != source)
                        .findFirst()
                        .orElseThrow();
                from = source.id();
                to = target.id();
                ReplicaCopy copy = copy(files, target);
                if (stop >= 1) {
                    assertThat(copy.copyClosed()).isEqualTo(5);
                    assertThat(copy.copiedOffset()).isEqualTo(7);
                }
                if (stop >= 2) {
                    copy.copyRest();
                }
                if (stop >= 3) {
                    directories.moved(group, target);
                }
                if (stop >= 4) {
                    PlaceScan.condemn(files);
                }
            }
            try (LogDirectories directories = open()) {
                LogDirectory now = directories.of(group).orElseThrow();
                assertThat(now.id()).as("stopped after %d steps", stop).isEqualTo(stop >= 3 ? to : from);
                assertThat(now.replica(group).resolve("log"))
                        .isDirectoryContaining(
                                file -> file.getFileName().toString().equals("00000000000000000007.log"));
                for (String id : List.of("a", "b", "c")) {
                    try (Stream<Path> left = Files.list(home.resolve(id).resolve("partitions"))) {
                        assertThat(left).hasSize(id.equals(now.id()) ? 1 : 0);
                    }
                }
                directories.forget(group);
                assertThat(directories.of(group)).isEmpty();
            }
        }
    }

    @Test
    void aCopyFollowsWhatChanges() throws Exception {
        try (LogDirectories directories = open()) {
            Path files = run(directories);
            LogDirectory target = directories.at(home.resolve("c")).orElseThrow();
            ReplicaCopy copy = copy(files, target);
            copy.copyClosed();
            Path log = files.resolve("log");
            Files.delete(log.resolve("00000000000000000000.log"));
            Files.writeString(log.resolve("00000000000000000007.log"), "second and more");
            Files.writeString(log.resolve("00000000000000000020.log"), "third");
            assertThat(copy.copyClosed()).isEqualTo(15);
            Files.writeString(files.resolve("current").resolve("raft-meta"), "term=2");
            copy.copyRest();
            Path made = PlaceScan.beside(target.replica(group), PlaceScan.COPY);
            assertThat(made.resolve("current").resolve("raft-meta")).hasContent("term=2");
            assertThat(made.resolve("log").resolve("00000000000000000000.log")).doesNotExist();
            assertThat(made.resolve("log").resolve("00000000000000000007.log")).hasContent("second and more");
            assertThat(made.resolve("log").resolve("00000000000000000020.log")).hasContent("third");
            assertThat(made.resolve("in_use.lock")).doesNotExist();
            copy.cancel();
            Files.writeString(log.resolve("00000000000000000020.log"), "changed");
            assertThatThrownBy(copy::copyRest).hasMessageContaining("given up");
        }
    }

    @Test
    void aReplicaThatBeginsAnewElsewhereForgetsItsOldFilesWhenTheyAreBack() throws Exception {
        String old;
        try (LogDirectories directories = open()) {
            run(directories);
            old = homeOf(directories, group);
        }
        String fresh;
        try (LogDirectories directories = open(old)) {
            LogDirectory wanted = directories.at(home.resolve("c")).orElseThrow();
            directories.prefer(group, wanted);
            directories.forget(group);
            directories.prepare(group, NAME);
            fresh = homeOf(directories, group);
            assertThat(fresh).isEqualTo("c").isNotEqualTo(old);
            assertThat(directories.lost()).isEmpty();
            Files.createDirectory(
                    directories.of(group).orElseThrow().replica(group).resolve("current"));
        }
        try (LogDirectories directories = open()) {
            assertThat(homeOf(directories, group)).isEqualTo(fresh);
            assertThat(home.resolve(old).resolve("partitions")).isEmptyDirectory();
        }
    }

    @Test
    void aDirectoryThatCannotBeWrittenGoesOffline() throws Exception {
        try (LogDirectories directories = open()) {
            Path files = run(directories);
            List<String> heard = new ArrayList<>();
            directories.onOffline(directory -> heard.add(directory.id()));
            directories.suspect(group);
            assertThat(heard).isEmpty();
            Files.move(files.getParent(), home.resolve("gone"));
            directories.suspect(group);
            directories.suspect(group);
            String id = homeOf(directories, group);
            assertThat(heard).containsExactly(id);
            assertThat(failed).containsExactly(id + " 2");
            assertThat(directories.raftStorage()).hasSize(2);
            UUID next = UUID.randomUUID();
            directories.prepare(next, NAME);
            assertThat(homeOf(directories, next)).isNotEqualTo(id);
        }
    }
}
