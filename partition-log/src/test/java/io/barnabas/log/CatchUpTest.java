package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.log.PartitionReplica.Acks;
import io.barnabas.log.segment.SegmentFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that come back when their leader has purged what they lack. */
class CatchUpTest {

    private static final LogConfig SMALL_SEGMENTS = LogConfig.DEFAULT.with(new LogConfig.Segments(1_000, 60_000, 0));

    @TempDir
    Path directory;

    @Test
    void aReplicaThatWasAwayCopiesWhatItLacks() throws Exception {
        try (LocalHosts hosts =
                new LocalHosts(directory, 3, FlushMode.SYNC, 1, id -> SegmentFiles.direct(), CatchUpTest::purgeSoon)) {
            UUID group = hosts.create("t", SMALL_SEGMENTS);
            PartitionReplica leader = hosts.leader(group);
            append(leader, 0, 10);
            int away = leader.leadership().leader() % 3 + 1;
            await().until(() ->
                    hosts.host(away).replica(group).orElseThrow().offsets().highWatermark() == 10);
            hosts.stop(away);
            append(leader, 10, 300);
            awaitPurged(leader.leadership().leader(), group);
            hosts.start(away);
            hosts.add(group, "t", SMALL_SEGMENTS);
            awaitSame(hosts, away, group, 300);
            assertThat(hosts.copied()).isPositive();
            append(leader, 300, 310);
            awaitSame(hosts, away, group, 310);
            // What was copied outlives a restart.
            hosts.stop(away);
            hosts.start(away);
            hosts.add(group, "t", SMALL_SEGMENTS);
            awaitSame(hosts, away, group, 310);
        }
    }

    @Test
    void aCopyKnowsTheProducersAndTheEpochs() throws Exception {
        try (LocalHosts hosts =
                new LocalHosts(directory, 3, FlushMode.SYNC, 1, id -> SegmentFiles.direct(), CatchUpTest::purgeSoon)) {
            UUID group = hosts.create("t", SMALL_SEGMENTS);
            PartitionReplica leader = hosts.leader(group);
            int away = leader.leadership().leader() % 3 + 1;
            hosts.stop(away);
            assertThat(leader.append(Batches.idempotent(7, (short) 0, 0, "first"), Acks.MAJORITY)
                            .get())
                    .isInstanceOf(AppendOutcome.Appended.class);
            append(leader, 1, 300);
            awaitPurged(leader.leadership().leader(), group);
            hosts.start(away);
            hosts.add(group, "t", SMALL_SEGMENTS);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> hosts.host(away)
                                    .replica(group)
                                    .orElseThrow()
                                    .offsets()
                                    .highWatermark()
                            == 300);
            int other = 6 - away - leader.leadership().leader();
            int first = leader.leadership().leader();
            hosts.stop(other);
            hosts.stop(first);
            hosts.start(other);
            hosts.add(group, "t", SMALL_SEGMENTS);
            PartitionReplica next = hosts.leader(group);
            assertThat(next.append(Batches.idempotent(7, (short) 0, 0, "first"), Acks.MAJORITY)
                            .get())
                    .isInstanceOf(AppendOutcome.Duplicate.class);
            assertThat(next.endOf(1).endOffset()).isPositive();
        }
    }

    @Test
    void aLogThatWasTrimmedMeanwhileBeginsWhereTheLeadersDoes() throws Exception {
        try (LocalHosts hosts =
                new LocalHosts(directory, 3, FlushMode.SYNC, 1, id -> SegmentFiles.direct(), CatchUpTest::purgeSoon)) {
            UUID group = hosts.create("t", SMALL_SEGMENTS);
            PartitionReplica leader = hosts.leader(group);
            append(leader, 0, 10);
            int away = leader.leadership().leader() % 3 + 1;
            hosts.stop(away);
            append(leader, 10, 200);
            leader.trimTo(150).get();
            append(leader, 200, 300);
            awaitPurged(leader.leadership().leader(), group);
            hosts.start(away);
            hosts.add(group, "t", SMALL_SEGMENTS);
            awaitSame(hosts, away, group, 300);
            assertThat(hosts.host(away).replica(group).orElseThrow().offsets().logStartOffset())
                    .isEqualTo(150);
        }
    }

    private static void purgeSoon(RaftProperties raft) {
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(raft, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(raft, 40);
        RaftServerConfigKeys.Log.setPurgeGap(raft, 1);
        RaftServerConfigKeys.Log.setSegmentSizeMax(raft, SizeInBytes.valueOf("2KB"));
        RaftServerConfigKeys.Log.setPreallocatedSize(raft, SizeInBytes.valueOf("1KB"));
    }

    private static void append(PartitionReplica leader, int from, int to) throws Exception {
        for (int i : IntStream.range(from, to).toArray()) {
            assertThat(leader.append(Batches.of("v" + i), Acks.MAJORITY).get())
                    .isInstanceOf(AppendOutcome.Appended.class);
        }
    }

    /** The Raft log's first file is gone. */
    private void awaitPurged(int node, UUID group) {
        Path raftLog = directory
                .resolve("node-" + node)
                .resolve("partitions")
                .resolve(group.toString())
                .resolve("current");
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            try (Stream<Path> files = Files.list(raftLog)) {
                return files.noneMatch(file -> file.getFileName().toString().matches("log_0-\\d+"));
            }
        });
    }

    private static void awaitSame(LocalHosts hosts, int node, UUID group, long end) throws Exception {
        PartitionReplica replica = hosts.host(node).replica(group).orElseThrow();
        await().atMost(Duration.ofSeconds(30)).until(() -> replica.offsets().highWatermark() == end);
        assertThat(Batches.readAll(replica)).isEqualTo(Batches.readAll(hosts.leader(group)));
    }
}
