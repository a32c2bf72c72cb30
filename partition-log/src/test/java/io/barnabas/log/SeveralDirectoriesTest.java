package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.log.PartitionReplica.Acks;
import io.barnabas.log.directory.LogDirectoryStatus;
import io.barnabas.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.ratis.util.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three hosts with three log directories each. */
@Timeout(120)
class SeveralDirectoriesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    @Test
    void spreadsReplicasAndFindsThemAgain() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.SYNC, 3, id -> SegmentFiles.direct())) {
            List<UUID> groups = create(hosts, 6);
            Map<Path, Long> places = places(hosts, groups);
            assertThat(places)
                    .hasSize(3)
                    .allSatisfy((path, count) -> assertThat(count).isEqualTo(2));
            for (UUID group : groups) {
                append(hosts.leader(group), "x");
            }
            hosts.stop(1);
            hosts.start(1);
            assertThat(places(hosts, groups)).isEqualTo(places);
            for (UUID group : groups) {
                PartitionReplica back = hosts.leader(group);
                await().atMost(PATIENCE).until(() -> back.offsets().highWatermark() == 1);
                assertThat(Batches.readAll(back)).containsExactly("0=x");
            }
            hosts.host(1).remove(groups.getFirst()).join();
            assertThat(hosts.host(1).directoryOf(groups.getFirst())).isEmpty();
            UUID again = hosts.create("again", LogConfig.DEFAULT);
            assertThat(places(hosts, List.of(again)).keySet())
                    .isSubsetOf(places.keySet())
                    .hasSize(1);
        }
    }

    @Test
    void aDirectoryThatIsAwayTakesOnlyItsOwnReplicasUntilItIsBack() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC, 3, id -> SegmentFiles.direct())) {
            List<UUID> groups = create(hosts, 3);
            for (UUID group : groups) {
                append(hosts.leader(group), "a");
            }
            UUID away = on(hosts, 2, 1, groups);
            hosts.stop(2);
            Path disk = hosts.disk(2, 1);
            Path unplugged = disk.resolveSibling("unplugged");
            Files.move(disk, unplugged);
            Files.createFile(disk);

            RatisPartitionHost host = hosts.start(2);
            hosts.add(away, "t", LogConfig.DEFAULT);
            assertThat(host.directories())
                    .extracting(status -> status.offline().isPresent())
                    .containsExactly(false, true, false);
            assertThat(host.directoryOf(away)).contains(disk);
            assertThat(failure(host, away)).contains("offline").contains(disk + " is a file");
            for (UUID group : groups) {
                append(hosts.leader(group), "b");
                if (!group.equals(away)) {
                    PartitionReplica well = host.replica(group).orElseThrow();
                    await().atMost(PATIENCE).until(() -> well.offsets().highWatermark() == 2);
                }
            }
            assertThat(directories(hosts, 2, away)).isZero();

            hosts.stop(2);
            Files.delete(disk);
            Files.move(unplugged, disk);
            PartitionReplica back = hosts.start(2).replica(away).orElseThrow();
            await().atMost(PATIENCE).until(() -> back.offsets().highWatermark() == 2);
            assertThat(Batches.readAll(back)).containsExactly("0=a", "1=b");
        }
    }

    @Test
    void aDirectoryThatFailsWhileItServesTakesOnlyItsOwnReplicas() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC, 3, id -> SegmentFiles.direct())) {
            List<UUID> groups = create(hosts, 3);
            UUID failing = on(hosts, 2, 0, groups);
            append(hosts.leader(failing), "a");
            PartitionReplica replica = hosts.host(2).replica(failing).orElseThrow();
            await().atMost(PATIENCE).until(() -> replica.offsets().highWatermark() == 1);
            Files.move(hosts.disk(2, 0), hosts.disk(2, 0).resolveSibling("torn-out"));
            ((RatisPartitionReplica) replica).fail("cannot write: Input/output error", new IOException("test"));

            await().atMost(PATIENCE).until(() -> hosts.failures().equals(List.of("disk-0, left 2")));
            assertThat(hosts.host(2).directories())
                    .extracting(LogDirectoryStatus::path)
                    .contains(hosts.disk(2, 0));
            assertThat(hosts.host(2).directories().getFirst().offline()).isPresent();
            for (UUID group : groups) {
                append(hosts.leader(group), "b");
            }
            UUID next = hosts.create("next", LogConfig.DEFAULT);
            append(hosts.leader(next), "c");
            assertThat(hosts.host(2).directoryOf(next))
                    .isPresent()
                    .isNotEqualTo(hosts.host(2).directoryOf(failing));
        }
    }

    @Test
    void aReplicaWhoseFilesWereDeletedDoesNotBeginAnew() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC, 3, id -> SegmentFiles.direct())) {
            List<UUID> groups = create(hosts, 3);
            UUID deleted = on(hosts, 2, 2, groups);
            append(hosts.leader(deleted), "a");
            hosts.stop(2);
            FileUtils.deleteFully(hosts.disk(2, 2).resolve("partitions").resolve(deleted.toString()));
            RatisPartitionHost host = hosts.start(2);
            hosts.add(deleted, "t", LogConfig.DEFAULT);
            assertThat(failure(host, deleted)).contains("gone").contains("partition repair");
            host.remove(deleted).join();
            assertThat(host.replica(deleted)).isEmpty();
        }
    }

    @Test
    void aReplicaMovesUnderLoadAndKeepsEveryRecord() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC, 2, id -> SegmentFiles.direct())) {
            UUID group = hosts.create("t", LogConfig.DEFAULT);
            List<String> acknowledged = Collections.synchronizedList(new ArrayList<>());
            AtomicBoolean stop = new AtomicBoolean();
            // Not in the common pool, through which Ratis hops.
            CompletableFuture<Void> load = CompletableFuture.runAsync(
                    () -> write(hosts, group, acknowledged, stop), Thread::startVirtualThread);
            for (int id = 1; id <= 3; id++) {
                int before = acknowledged.size();
                await().atMost(PATIENCE).until(() -> acknowledged.size() > before + 20);
                Path old = hosts.host(id).directoryOf(group).orElseThrow();
                Path other = old.equals(hosts.disk(id, 0)) ? hosts.disk(id, 1) : hosts.disk(id, 0);
                hosts.host(id).place(group, other).get(30, TimeUnit.SECONDS);
                assertThat(hosts.host(id).directoryOf(group)).contains(other);
                assertThat(other.resolve("partitions").resolve(group.toString()))
                        .isDirectory();
                assertThat(old.resolve("partitions")).isEmptyDirectory();
                assertThat(hosts.host(id).moves()).isEmpty();
            }
            stop.set(true);
            load.get(30, TimeUnit.SECONDS);
            for (int id = 1; id <= 3; id++) {
                PartitionReplica replica = hosts.host(id).replica(group).orElseThrow();
                await().atMost(PATIENCE)
                        .untilAsserted(
                                () -> assertThat(values(replica)).containsSubsequence(List.copyOf(acknowledged)));
            }
            hosts.stop(2);
            hosts.start(2);
            assertThat(hosts.host(2).replica(group)).isPresent();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(values(hosts.host(2).replica(group).orElseThrow()))
                                    .containsSubsequence(List.copyOf(acknowledged)));
        }
    }

    /** One record after the other; what is not acknowledged is sent again, so it may be there twice. */
    private static void write(LocalHosts hosts, UUID group, List<String> acknowledged, AtomicBoolean stop) {
        for (int i = 0; !stop.get(); i++) {
            String value = "v" + i;
            AppendOutcome outcome;
            do {
                outcome = hosts.leader(group)
                        .append(Batches.of(value), Acks.MAJORITY)
                        .completeOnTimeout(null, 3, TimeUnit.SECONDS)
                        .join();
            } while (!(outcome instanceof AppendOutcome.Appended));
            acknowledged.add(value);
        }
    }

    private static List<String> values(PartitionReplica replica) throws Exception {
        return Batches.readAll(replica).stream()
                .map(record -> record.substring(record.indexOf('=') + 1))
                .toList();
    }

    @Test
    void whatCannotBeMovedStaysWhereItIs() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.SYNC, 2, id -> SegmentFiles.direct())) {
            RatisPartitionHost host = hosts.host(1);
            UUID group = hosts.create("t", LogConfig.DEFAULT);
            append(hosts.leader(group), "a");
            Path home = host.directoryOf(group).orElseThrow();
            Path other = home.equals(hosts.disk(1, 0)) ? hosts.disk(1, 1) : hosts.disk(1, 0);
            assertThat(host.place(group, home)).isCompleted();
            assertThat(host.place(group, directory)).isCompletedExceptionally();
            assertThat(host.place(UUID.randomUUID(), other)).isCompletedExceptionally();

            // No directory can be made where this file is.
            Path inTheWay = other.resolve("partitions");
            Files.move(inTheWay, other.resolve("moved-away"));
            Files.createFile(inTheWay);
            assertThat(host.place(group, other))
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableOfType(ExecutionException.class);
            assertThat(host.directoryOf(group)).contains(home);
            assertThat(host.directories())
                    .filteredOn(status -> status.offline().isPresent())
                    .extracting(LogDirectoryStatus::path)
                    .containsExactly(other);
            append(hosts.leader(group), "b");
            assertThat(Batches.readAll(hosts.leader(group))).containsExactly("0=a", "1=b");
        }
    }

    private static List<UUID> create(LocalHosts hosts, int count) {
        List<UUID> groups = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            groups.add(hosts.create("t", LogConfig.DEFAULT));
        }
        return groups;
    }

    private static Map<Path, Long> places(LocalHosts hosts, List<UUID> groups) {
        return groups.stream()
                .map(group -> hosts.host(1).directoryOf(group).orElseThrow())
                .collect(Collectors.groupingBy(path -> path, Collectors.counting()));
    }

    private static UUID on(LocalHosts hosts, int host, int disk, List<UUID> groups) {
        return groups.stream()
                .filter(group ->
                        hosts.host(host).directoryOf(group).orElseThrow().equals(hosts.disk(host, disk)))
                .findFirst()
                .orElseThrow();
    }

    private static long directories(LocalHosts hosts, int host, UUID group) {
        return List.of(0, 1, 2).stream()
                .map(disk -> hosts.disk(host, disk).resolve("partitions").resolve(group.toString()))
                .filter(Files::exists)
                .count();
    }

    private static String failure(RatisPartitionHost host, UUID group) {
        return host.replica(group).orElseThrow().status().failure().orElseThrow();
    }

    private static void append(PartitionReplica leader, String value) throws Exception {
        assertThat(leader.append(Batches.of(value), Acks.MAJORITY).get(20, TimeUnit.SECONDS))
                .isInstanceOf(AppendOutcome.Appended.class);
    }
}
