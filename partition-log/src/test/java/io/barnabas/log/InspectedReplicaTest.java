package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.log.PartitionReplica.Acks;
import io.barnabas.log.inspect.Finding;
import io.barnabas.log.inspect.LogDump;
import io.barnabas.log.inspect.LogVerifier;
import io.barnabas.log.inspect.ReplicaFiles;
import io.barnabas.log.inspect.Severity;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.segment.SegmentFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of a replica that ran, was trimmed, took snapshots and stopped. */
class InspectedReplicaTest {

    private static final int BATCHES = 100;
    private static final int START = 30;

    @TempDir
    Path directory;

    private Path data;
    private Path root;

    private record Item(String kind, Map<String, Object> fields) {}

    @BeforeEach
    void aReplicaThatRan() throws Exception {
        try (LocalHosts hosts = new LocalHosts(
                directory, 1, FlushMode.SYNC, 1, id -> SegmentFiles.direct(), InspectedReplicaTest::snapshots)) {
            UUID group = hosts.create("orders", LogConfig.DEFAULT.with(new LogConfig.Segments(1_000, 60_000, 300)));
            PartitionReplica leader = hosts.leader(group);
            for (int i = 0; i < BATCHES; i++) {
                assertThat(leader.append(Batches.idempotent(7, (short) 0, i, "value " + i), Acks.MAJORITY)
                                .get())
                        .isInstanceOf(AppendOutcome.Appended.class);
            }
            leader.trimTo(START).get();
            data = hosts.directory(1);
            root = data.resolve("partitions").resolve(group.toString());
            await().atMost(Duration.ofSeconds(10)).until(() -> !snapshotFiles().isEmpty());
        }
        Files.deleteIfExists(root.resolve("log").resolve("clean-shutdown"));
    }

    private static void snapshots(RaftProperties raft) {
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(raft, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(raft, 60);
    }

    private List<Path> snapshotFiles() throws IOException {
        Path sm = root.resolve("sm");
        if (!Files.isDirectory(sm)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(sm)) {
            return files.filter(file -> file.getFileName().toString().matches("snapshot\\.\\d+_\\d+"))
                    .sorted()
                    .toList();
        }
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("log"))) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    private List<Finding> verify() throws IOException {
        List<Finding> findings = new ArrayList<>();
        for (ReplicaFiles replica : ReplicaFiles.at(data)) {
            LogVerifier.verify(replica, findings::add);
        }
        return findings;
    }

    @Test
    void itsFilesAreWell() throws Exception {
        assertThat(verify()).isEmpty();
    }

    @Test
    void itsSnapshotIsHeldAgainstTheSegments() throws Exception {
        long highWatermark = ReplicaSnapshot.read(snapshotFiles().getLast()).highWatermark();
        List<Path> segments = segments();
        for (Path segment : segments.reversed()) {
            if (baseOf(segment) > 0 && baseOf(segment) >= highWatermark - 20 && !segment.equals(segments.getFirst())) {
                Files.delete(segment);
            }
        }

        assertThat(verify())
                .filteredOn(finding -> finding.severity() == Severity.DAMAGE)
                .singleElement()
                .satisfies(finding -> assertThat(finding.fault())
                        .contains("offsets below " + highWatermark + " were committed here"));
    }

    private static long baseOf(Path segment) {
        return Long.parseLong(segment.getFileName().toString().substring(0, 20));
    }

    @Test
    void anEpochThatTheSnapshotDoesNotKnowIsFound() throws Exception {
        Path first = segments().getFirst();
        // The last batch of the segment: the next ones are of an older epoch then, too.
        try (RandomAccessFile access = new RandomAccessFile(first.toFile(), "rw")) {
            byte[] content = new byte[(int) access.length()];
            access.readFully(content);
            int size = BatchHeader.parse(ByteBuffer.wrap(content), 0).sizeInBytes();
            int second = size * (START - (int) baseOf(first) + 1);
            access.seek(second + 15L);
            access.write(content[second + 15] + 1);
        }

        assertThat(verify())
                .isNotEmpty()
                .allSatisfy(finding -> assertThat(finding.severity()).isEqualTo(Severity.DAMAGE))
                .anySatisfy(finding -> assertThat(finding.fault()).contains("the snapshot says"));
    }

    @Test
    void aDamagedSnapshotIsFound() throws Exception {
        Path snapshot = snapshotFiles().getFirst();
        byte[] content = Files.readAllBytes(snapshot);
        content[content.length - 1] ^= 1;
        Files.write(snapshot, content);

        assertThat(verify()).singleElement().satisfies(finding -> {
            assertThat(finding.file()).isEqualTo(snapshot);
            assertThat(finding.fault()).contains("MD5");
        });
    }

    @Test
    void aSegmentThatWasNotTrimmedIsMissed() throws Exception {
        Path first = segments().getFirst();
        assertThat(baseOf(first)).isLessThanOrEqualTo(START);
        Files.delete(first);

        assertThat(verify())
                .filteredOn(finding -> finding.severity() == Severity.DAMAGE)
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.fault()).contains("the log was trimmed to offset " + START + " only"));
    }

    @Test
    void theDumpShowsAllOfIt() throws Exception {
        List<Item> items = new ArrayList<>();
        LogDump.dump(
                ReplicaFiles.at(root).getFirst(),
                new LogDump.Options(true, 40, 45),
                (kind, fields) -> items.add(new Item(kind, fields)));

        assertThat(of(items, "partition"))
                .singleElement()
                .satisfies(fields -> assertThat(fields)
                        .containsEntry("topic", "orders")
                        .containsEntry("partition", 0)
                        .containsEntry("start_offset", (long) START)
                        .containsEntry("in_use", false));
        assertThat(of(items, "snapshot")).hasSameSizeAs(snapshotFiles());
        assertThat(of(items, "producer"))
                .hasSize(5)
                .allSatisfy(fields -> assertThat(fields).containsEntry("producer", 7L));
        assertThat(of(items, "batch"))
                .extracting(fields -> fields.get("offset"))
                .containsExactly(40L, 41L, 42L, 43L, 44L);
        assertThat(of(items, "record"))
                .extracting(fields -> fields.get("value"))
                .containsExactly("value 40", "value 41", "value 42", "value 43", "value 44");
        assertThat(of(items, "index"))
                .isNotEmpty()
                .allSatisfy(fields -> assertThat((Long) fields.get("offset")).isBetween(40L, 44L));
    }

    private static List<Map<String, Object>> of(List<Item> items, String kind) {
        return items.stream()
                .filter(item -> item.kind().equals(kind))
                .map(Item::fields)
                .toList();
    }
}
