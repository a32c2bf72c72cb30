package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.log.PartitionReplica.Acks;
import io.barnabas.log.PartitionReplica.OffsetQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs that give up their beginning, with real Raft and real files. */
class TrimTest {

    /** Every batch of the test gets a segment of its own. */
    private static final LogConfig ONE_BATCH_SEGMENTS =
            LogConfig.DEFAULT.with(new LogConfig.Segments(100, 60_000, 0)).with(new LogConfig.Retention(false, -1, -1));

    @TempDir
    Path directory;

    @Test
    void everyReplicaBeginsAtTheTrimAndDeletesItsFiles() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC)) {
            UUID group = hosts.create("t", ONE_BATCH_SEGMENTS);
            PartitionReplica leader = hosts.leader(group);
            append(leader, 0, 10);
            assertThat(leader.trimTo(7).get()).isEqualTo(new TrimOutcome.Trimmed(7));
            assertThat(leader.trimTo(3).get()).as("a start never falls").isEqualTo(new TrimOutcome.Trimmed(7));
            assertThat(leader.trimTo(11).get()).isEqualTo(new TrimOutcome.OutOfRange(10));
            assertThat(leader.read(6, 1000, true)).isInstanceOf(ReadOutcome.OutOfRange.class);
            assertThat(Batches.readAll(leader)).containsExactly("7=v7", "8=v8", "9=v9");
            assertThat(leader.offsetFor(new OffsetQuery.Earliest()).get().offset())
                    .isEqualTo(7);
            for (int id = 1; id <= 3; id++) {
                int node = id;
                await().atMost(Duration.ofSeconds(10))
                        .untilAsserted(
                                () -> assertThat(segmentFiles(node, group)).hasSize(3));
            }
        }
    }

    @Test
    void aTrimOutlivesARestartAndAnEmptyLogKeepsItsOffsets() throws Exception {
        UUID group;
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.SYNC)) {
            group = hosts.create("t", ONE_BATCH_SEGMENTS);
            PartitionReplica leader = hosts.leader(group);
            append(leader, 0, 4);
            leader.trimTo(PartitionReplica.HIGH_WATERMARK).get();
            await().until(() -> segmentFiles(1, group).size() == 1);
        }
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.SYNC)) {
            hosts.add(group, "t", ONE_BATCH_SEGMENTS);
            PartitionReplica leader = hosts.leader(group);
            assertThat(leader.offsets()).isEqualTo(new PartitionReplica.Offsets(4, 4, 4));
            append(leader, 4, 6);
            assertThat(Batches.readAll(leader)).containsExactly("4=v4", "5=v5");
        }
    }

    @Test
    void aFollowerThatMissedTrimmedRecordsGoesOnWithoutThem() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC)) {
            UUID group = hosts.create("t", ONE_BATCH_SEGMENTS);
            PartitionReplica leader = hosts.leader(group);
            append(leader, 0, 2);
            int away = leader.leadership().leader() % 3 + 1;
            hosts.stop(away);
            append(leader, 2, 20);
            leader.trimTo(15).get();
            await().until(() ->
                    segmentFiles(leader.leadership().leader(), group).size() == 5);
            append(leader, 20, 22);
            hosts.start(away);
            hosts.add(group, "t", ONE_BATCH_SEGMENTS);
            PartitionReplica back = hosts.host(away).replica(group).orElseThrow();
            await().atMost(Duration.ofSeconds(20)).until(() -> back.offsets().highWatermark() == 22);
            await().until(() -> back.offsets().logStartOffset() == 15);
            assertThat(Batches.readAll(back)).isEqualTo(Batches.readAll(leader)).hasSize(7);
            hosts.stop(away);
            hosts.start(away);
            hosts.add(group, "t", ONE_BATCH_SEGMENTS);
            PartitionReplica again = hosts.host(away).replica(group).orElseThrow();
            await().atMost(Duration.ofSeconds(20)).until(() -> again.offsets().highWatermark() == 22);
            assertThat(Batches.readAll(again)).isEqualTo(Batches.readAll(leader));
        }
    }

    @Test
    void retentionIsAppliedEverywhere() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC)) {
            LogConfig kept = ONE_BATCH_SEGMENTS.with(new LogConfig.Retention(true, -1, 250));
            UUID group = hosts.create("t", kept);
            PartitionReplica leader = hosts.leader(group);
            append(leader, 0, 12);
            for (int id = 1; id <= 3; id++) {
                PartitionReplica replica = hosts.host(id).replica(group).orElseThrow();
                await().atMost(Duration.ofSeconds(10))
                        .until(() -> replica.offsets().logStartOffset() > 0
                                && replica.status().sizeInBytes() < 400);
            }
            List<String> left = Batches.readAll(leader);
            assertThat(left.getLast()).isEqualTo("11=v11");
            // With an age limit all of them go, and appends go on.
            hosts.add(group, "t", ONE_BATCH_SEGMENTS.with(new LogConfig.Retention(true, 1, -1)));
            await().until(() -> leader.offsets().logStartOffset() == 12);
            append(leader, 12, 13);
        }
    }

    @Test
    void aSliceInFlightOutlivesTheTrim() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.SYNC)) {
            UUID group = hosts.create("t", ONE_BATCH_SEGMENTS);
            PartitionReplica leader = hosts.leader(group);
            append(leader, 0, 3);
            LogSlice slice = ((ReadOutcome.Records) leader.read(0, 1000, true)).records();
            leader.trimTo(3).get();
            await().until(() -> segmentFiles(1, group).size() == 1);
            java.nio.ByteBuffer bytes = java.nio.ByteBuffer.allocate(slice.sizeInBytes());
            assertThat(slice.channel().read(bytes, slice.position())).isEqualTo(slice.sizeInBytes());
            slice.release();
        }
    }

    private static void append(PartitionReplica leader, int from, int to) throws Exception {
        for (int i : IntStream.range(from, to).toArray()) {
            assertThat(leader.append(Batches.of("v" + i), Acks.MAJORITY).get())
                    .isInstanceOf(AppendOutcome.Appended.class);
        }
    }

    private List<Path> segmentFiles(int node, UUID group) throws IOException {
        try (Stream<Path> files =
                Files.list(hosts(node).resolve(group.toString()).resolve("log"))) {
            return files.filter(file -> file.toString().endsWith(".log")).toList();
        }
    }

    private Path hosts(int node) {
        return directory.resolve("node-" + node).resolve("partitions");
    }
}
