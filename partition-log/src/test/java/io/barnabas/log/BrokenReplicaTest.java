package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.log.PartitionReplica.Acks;
import io.barnabas.log.segment.DiskFaults;
import io.barnabas.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A replica whose disk or files are bad stops and says why; its node, its other replicas and its peers go on. */
@Timeout(120)
class BrokenReplicaTest {

    private static final LogConfig SMALL = LogConfig.DEFAULT.with(new LogConfig.Segments(600, 60_000, 100));

    private static final int LEADER_EPOCH_AT = 12;

    @TempDir
    Path directory;

    /** Of the leader's disk, while it writes. */
    enum Fault {
        FULL("No space left on device", "the disk is full"),
        WRITE("Input/output error", "Input/output error"),
        SYNC("Input/output error", "Input/output error");

        private final String error;
        private final String reason;

        Fault(String error, String reason) {
            this.error = error;
            this.reason = reason;
        }

        void strike(DiskFaults disk) {
            if (this == SYNC) {
                disk.failSyncs(new IOException(error));
            } else {
                disk.failWrites(new IOException(error));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLeaderWhoseDiskFailsHandsOverAndNothingIsLost(Fault fault) throws Exception {
        List<DiskFaults> disks = List.of(new DiskFaults(), new DiskFaults(), new DiskFaults());
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC, id -> disks.get(id - 1))) {
            UUID group = hosts.create("t", SMALL);
            UUID other = hosts.create("other", SMALL);
            PartitionReplica leader = hosts.leader(group);
            append(leader, "a");
            append(hosts.leader(other), "x");
            int broken = leader.leadership().leader();
            DiskFaults disk = disks.get(broken - 1);
            disk.only(replicaOf(hosts, broken, group));
            fault.strike(disk);

            AppendOutcome outcome =
                    leader.append(Batches.of("b"), Acks.MAJORITY).get(20, TimeUnit.SECONDS);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> leader.status().failure().isPresent());
            assertThat(leader.status().failure().orElseThrow())
                    .contains("cannot write")
                    .contains(group.toString())
                    .contains(".log")
                    .contains(fault.reason);
            PartitionReplica next = hosts.leader(group);
            assertThat(next).isNotSameAs(leader);
            append(next, "c");
            List<String> values = Batches.readAll(next).stream()
                    .map(record -> record.substring(2))
                    .toList();
            assertThat(values).startsWith("a").endsWith("c");
            if (outcome instanceof AppendOutcome.Appended) {
                assertThat(values).contains("b");
            }
            assertThat(append(leader))
                    .isInstanceOfSatisfying(
                            AppendOutcome.Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(AppendRefusal.STORAGE_FAILED));
            append(hosts.leader(other), "y");
            assertThat(hosts.host(broken).replica(other).orElseThrow().status().failure())
                    .isEmpty();
        }
    }

    @Test
    void aReadErrorStopsTheReplica() throws Exception {
        DiskFaults disk = new DiskFaults();
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.SYNC, id -> disk)) {
            UUID group = hosts.create("t", SMALL);
            PartitionReplica leader = hosts.leader(group);
            for (int i = 0; i < 20; i++) {
                append(leader, "v" + i);
            }
            disk.failReads(new IOException("Input/output error"));
            assertThat(leader.read(0, 1 << 20, true)).isInstanceOf(ReadOutcome.Unavailable.class);
            assertThat(leader.status().failure().orElseThrow())
                    .contains("cannot read")
                    .contains("00000000000000000000.log")
                    .contains("Input/output error");
        }
    }

    @Test
    void aReplicaWhoseSyncFailedStaysDownUntilItIsRepaired() throws Exception {
        List<DiskFaults> disks = List.of(new DiskFaults(), new DiskFaults(), new DiskFaults());
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC, id -> disks.get(id - 1))) {
            UUID group = hosts.create("t", SMALL);
            PartitionReplica leader = hosts.leader(group);
            append(leader, "a");
            int broken = leader.leadership().leader() % 3 + 1;
            DiskFaults disk = disks.get(broken - 1);
            // The disk fails once and is well again: what it has lost by then it does not tell.
            disk.failSyncs(new IOException("Input/output error"));
            disk.only(replicaOf(hosts, broken, group).resolve("log").resolve("00000000000000000000.log"));
            append(leader, "b");
            PartitionReplica failed = hosts.host(broken).replica(group).orElseThrow();
            Path mark = replicaOf(hosts, broken, group).resolve("log").resolve("needs-repair");
            await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(mark));
            disk.failSyncs(null);
            hosts.stop(broken);
            hosts.start(broken);
            assertThat(failed).isNotSameAs(hosts.host(broken).replica(group).orElseThrow());
            assertThat(hosts.host(broken)
                            .replica(group)
                            .orElseThrow()
                            .status()
                            .failure()
                            .orElseThrow())
                    .contains("Input/output error")
                    .contains("repaired");
            append(hosts.leader(group), "c");
        }
    }

    /** What a start may find in the files of one of two replicas. */
    enum Damage {
        MISSING_SEGMENT("00000000000000000000.log") {
            @Override
            void strike(Path replica) throws IOException {
                Files.delete(replica.resolve("log").resolve("00000000000000000000.log"));
            }
        },
        SHORT_SEGMENT("00000000000000000000.log") {
            @Override
            void strike(Path replica) throws IOException {
                try (FileChannel file = FileChannel.open(
                        replica.resolve("log").resolve("00000000000000000000.log"), StandardOpenOption.WRITE)) {
                    file.truncate(file.size() - 5);
                }
            }
        },
        DAMAGED_SNAPSHOT("snapshot") {
            @Override
            void strike(Path replica) throws IOException {
                flip(newest(replica.resolve("sm"), "snapshot"));
            }
        },
        UNREADABLE_RAFT_FILES("raft-meta") {
            @Override
            void strike(Path replica) throws IOException {
                Path metadata = replica.resolve("current").resolve("raft-meta");
                Files.delete(metadata);
                Files.createDirectories(metadata.resolve("in-the-way"));
            }
        };

        private final String told;

        Damage(String told) {
            this.told = told;
        }

        abstract void strike(Path replica) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void aStartWithOneBrokenReplicaStartsTheOthers(Damage damage) throws Exception {
        try (LocalHosts hosts = snapshotting()) {
            UUID group = hosts.create("t", SMALL);
            UUID other = hosts.create("other", SMALL);
            for (int i = 0; i < 20; i++) {
                append(hosts.leader(group), "v" + i);
                append(hosts.leader(other), "v" + i);
            }
            hosts.stop(1);
            damage.strike(replicaOf(hosts, 1, group));
            hosts.start(1);
            PartitionReplica broken = hosts.host(1).replica(group).orElseThrow();
            assertThat(broken.status().failure().orElseThrow())
                    .contains("cannot be opened")
                    .contains(damage.told);
            append(hosts.leader(other), "more");
            assertThat(Batches.readAll(hosts.leader(other))).hasSize(21);
            assertThat(broken.leadership().local()).isFalse();
            assertThat(append(broken)).isInstanceOf(AppendOutcome.Refused.class);
        }
    }

    private LocalHosts snapshotting() throws IOException {
        return new LocalHosts(directory, 1, FlushMode.SYNC, 1, id -> SegmentFiles.direct(), raft -> {
            RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(raft, true);
            RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(raft, Integer.MAX_VALUE);
        });
    }

    @Test
    void aCleanStopLeavesASnapshotAndNothingToCheck() throws Exception {
        try (LocalHosts hosts = snapshotting()) {
            UUID group = hosts.create("t", SMALL);
            for (int i = 0; i < 20; i++) {
                append(hosts.leader(group), "v" + i);
            }
            hosts.stop(1);
            hosts.start(1);
            RatisPartitionReplica replica =
                    (RatisPartitionReplica) hosts.host(1).replica(group).orElseThrow();
            assertThat(replica.offsets().highWatermark())
                    .as("known before any election")
                    .isEqualTo(20);
            assertThat(replica.log().segments().recovery().clean()).isTrue();
            assertThat(Batches.readAll(replica)).hasSize(20);
        }
    }

    @Test
    void aBatchThatACleanStopHadAndAStartHasNotIsLostAndNotCut() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.SYNC)) {
            UUID group = hosts.create("t", SMALL);
            for (int i = 0; i < 20; i++) {
                append(hosts.leader(group), "v" + i);
            }
            hosts.stop(1);
            try (FileChannel file = FileChannel.open(
                    newest(replicaOf(hosts, 1, group).resolve("log"), "0"), StandardOpenOption.WRITE)) {
                // Another batch than the Raft log has, of an earlier term.
                file.write(ByteBuffer.allocate(Integer.BYTES), LEADER_EPOCH_AT);
            }
            for (int start = 0; start < 2; start++) {
                hosts.start(1);
                assertThat(hosts.host(1)
                                .replica(group)
                                .orElseThrow()
                                .status()
                                .failure()
                                .orElseThrow())
                        .contains("although the log was closed in good order");
                hosts.stop(1);
            }
        }
    }

    @Test
    void aClosedRaftLogFileThatIsDamagedIsNotCut() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.SYNC)) {
            UUID group = hosts.create("t", SMALL);
            append(hosts.leader(group), "a");
            hosts.stop(1);
            hosts.start(1);
            // The next term begins a new file.
            append(hosts.leader(group), "b");
            hosts.stop(1);
            Path closed = newest(replicaOf(hosts, 1, group).resolve("current"), "log_0-");
            flip(closed);
            hosts.start(1);
            assertThat(hosts.host(1)
                            .replica(group)
                            .orElseThrow()
                            .status()
                            .failure()
                            .orElseThrow())
                    .contains(closed.toString());
        }
    }

    @Test
    void aBitThatFlippedInTheLogIsFoundWhenItsBatchIsRead() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.SYNC)) {
            UUID group = hosts.create("t", SMALL);
            append(hosts.leader(group), "v");
            hosts.stop(1);
            Path replica = replicaOf(hosts, 1, group);
            // As after a crash: what no snapshot and no clean stop vouches for is checked.
            Files.delete(replica.resolve("log").resolve("clean-shutdown"));
            flip(replica.resolve("log").resolve("00000000000000000000.log"));
            hosts.start(1);
            PartitionReplica found = hosts.host(1).replica(group).orElseThrow();
            assertThat(found.status().failure().isPresent() || found.offsets().logEndOffset() == 0)
                    .as("the damaged batch is not served")
                    .isTrue();
        }
    }

    private static Path newest(Path folder, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix)
                            && !file.toString().endsWith(".md5"))
                    .sorted()
                    .toList()
                    .getLast();
        }
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 0x10;
        Files.write(file, bytes);
    }

    private static Path replicaOf(LocalHosts hosts, int id, UUID group) {
        return hosts.directory(id).resolve("partitions").resolve(group.toString());
    }

    private static AppendOutcome append(PartitionReplica replica) throws Exception {
        return replica.append(Batches.of("refused"), Acks.MAJORITY).get(20, TimeUnit.SECONDS);
    }

    private static void append(PartitionReplica replica, String value) throws Exception {
        ByteBuffer batch = Batches.of(value);
        assertThat(replica.append(batch, Acks.MAJORITY).get(20, TimeUnit.SECONDS))
                .isInstanceOf(AppendOutcome.Appended.class);
    }
}
