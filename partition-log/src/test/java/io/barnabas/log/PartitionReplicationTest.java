package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.log.PartitionReplica.Acks;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class PartitionReplicationTest {

    @TempDir
    Path directory;

    @Test
    void replicatesToAllAndSurvivesTheLossOfTheLeader() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC)) {
            UUID group = hosts.create("t", LogConfig.DEFAULT);
            PartitionReplica leader = hosts.leader(group);
            assertThat(append(leader, Batches.of("a", "b"))).isEqualTo(new AppendOutcome.Appended(0, 0));
            assertThat(append(leader, Batches.of("c"))).isEqualTo(new AppendOutcome.Appended(2, 0));

            int lost = leader.leadership().leader();
            hosts.stop(lost);
            PartitionReplica next = hosts.leader(group);
            assertThat(next.leadership().epoch()).isGreaterThan(0);
            assertThat(append(next, Batches.of("d"))).isEqualTo(new AppendOutcome.Appended(3, 0));
            assertThat(Batches.readAll(next)).containsExactly("0=a", "1=b", "2=c", "3=d");

            PartitionReplica back = hosts.start(lost).replica(group).orElseThrow();
            await().atMost(Duration.ofSeconds(20)).until(() -> back.offsets().highWatermark() == 4);
            assertThat(Batches.readAll(back)).containsExactly("0=a", "1=b", "2=c", "3=d");
            assertThat(back.endOf(0)).isEqualTo(next.endOf(0));
        }
    }

    @Test
    void answersADuplicateWithItsFirstOffset() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC)) {
            UUID group = hosts.create("t", LogConfig.DEFAULT);
            PartitionReplica leader = hosts.leader(group);
            short epoch = 0;
            assertThat(append(leader, Batches.idempotent(7, epoch, 0, "a", "b")))
                    .isEqualTo(new AppendOutcome.Appended(0, 0));
            assertThat(append(leader, Batches.idempotent(7, epoch, 0, "a", "b")))
                    .isEqualTo(new AppendOutcome.Duplicate(0, 0));
            assertThat(append(leader, Batches.idempotent(7, epoch, 5, "x")))
                    .isInstanceOfSatisfying(
                            AppendOutcome.Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(AppendRefusal.OUT_OF_ORDER_SEQUENCE));

            hosts.stop(leader.leadership().leader());
            PartitionReplica next = hosts.leader(group);
            assertThat(append(next, Batches.idempotent(7, epoch, 0, "a", "b")))
                    .isEqualTo(new AppendOutcome.Duplicate(0, 0));
            assertThat(append(next, Batches.idempotent(7, epoch, 2, "c"))).isEqualTo(new AppendOutcome.Appended(2, 0));
            assertThat(append(next, Batches.idempotent(7, (short) 1, 0, "d")))
                    .isEqualTo(new AppendOutcome.Appended(3, 0));
            assertThat(append(next, Batches.idempotent(7, epoch, 3, "x")))
                    .isInstanceOfSatisfying(
                            AppendOutcome.Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(AppendRefusal.INVALID_PRODUCER_EPOCH));
        }
    }

    @Test
    void refusesOnAFollowerAndNamesTheReason() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC)) {
            UUID group = hosts.create("t", LogConfig.DEFAULT);
            int leader = hosts.leader(group).leadership().leader();
            PartitionReplica follower =
                    hosts.host(leader % 3 + 1).replica(group).orElseThrow();
            assertThat(append(follower, Batches.of("a")))
                    .isInstanceOfSatisfying(
                            AppendOutcome.Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(AppendRefusal.NOT_LEADER));
            ByteBuffer torn = Batches.of("a");
            torn.put(torn.limit() - 1, (byte) 'b');
            assertThat(append(hosts.leader(group), torn))
                    .isInstanceOfSatisfying(
                            AppendOutcome.Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(AppendRefusal.CORRUPT_BATCH));
        }
    }

    @Test
    void pipelinedAppendsKeepTheirOrderAndRollSegments() throws Exception {
        LogConfig small = LogConfig.DEFAULT.with(new LogConfig.Segments(2_000, 60_000, 100));
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC)) {
            UUID group = hosts.create("t", small);
            PartitionReplica leader = hosts.leader(group);
            List<CompletableFuture<AppendOutcome>> appends = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                appends.add(leader.append(Batches.of("v" + i), i % 5 == 0 ? Acks.LEADER : Acks.MAJORITY));
            }
            for (int i = 0; i < 500; i++) {
                assertThat(appends.get(i).get(20, TimeUnit.SECONDS)).isEqualTo(new AppendOutcome.Appended(i, 0));
            }
            await().until(() -> leader.offsets().highWatermark() == 500);
            assertThat(leader.status().segments()).isGreaterThan(5);
            List<String> all = Batches.readAll(leader);
            assertThat(all).hasSize(500).startsWith("0=v0", "1=v1").endsWith("499=v499");
            for (int id = 1; id <= 3; id++) {
                PartitionReplica replica = hosts.host(id).replica(group).orElseThrow();
                await().atMost(Duration.ofSeconds(10))
                        .until(() -> replica.offsets().highWatermark() == 500);
                assertThat(Batches.readAll(replica)).isEqualTo(all);
            }
        }
    }

    @Test
    void aRestartGoesOnFromItsSnapshot() throws Exception {
        UUID group;
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.ASYNC)) {
            group = hosts.create("t", LogConfig.DEFAULT);
            PartitionReplica leader = hosts.leader(group);
            append(leader, Batches.idempotent(9, (short) 3, 0, "a"));
            hosts.stop(1);
            hosts.start(1);
            leader = hosts.leader(group);
            assertThat(leader.topic()).isEqualTo("t");
            assertThat(append(leader, Batches.idempotent(9, (short) 3, 1, "b")))
                    .isEqualTo(new AppendOutcome.Appended(1, 0));
            await().until(() -> hosts.leader(group).offsets().highWatermark() == 2);
            assertThat(Batches.readAll(leader)).containsExactly("0=a", "1=b");
        }
    }

    @Test
    void aRaftLogAheadOfTheSegmentsIsCut() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC)) {
            UUID group = hosts.create("t", LogConfig.DEFAULT);
            PartitionReplica leader = hosts.leader(group);
            for (int i = 0; i < 10; i++) {
                append(leader, Batches.of("v" + i));
            }
            int victim = leader.leadership().leader() % 3 + 1;
            await().until(() ->
                    hosts.host(victim).replica(group).orElseThrow().offsets().highWatermark() == 10);
            List.of(1, 2, 3).forEach(hosts::stop);
            // What a power failure leaves when Ratis spilled its entries but the batches were not yet on disk.
            Path replica = hosts.directory(victim).resolve("partitions").resolve(group.toString());
            try (Stream<Path> snapshots = Files.list(replica.resolve("sm"))) {
                for (Path snapshot : snapshots.toList()) {
                    Files.delete(snapshot);
                }
            }
            Files.delete(replica.resolve("log").resolve("clean-shutdown"));
            Path segment = replica.resolve("log").resolve("00000000000000000000.log");
            try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
                channel.truncate(channel.size() / 2);
            }
            PartitionReplica back = hosts.start(victim).replica(group).orElseThrow();
            assertThat(back.offsets().logEndOffset()).isLessThan(10);
            hosts.start(victim % 3 + 1);
            hosts.start((victim + 1) % 3 + 1);
            await().atMost(Duration.ofSeconds(20)).until(() -> back.offsets().highWatermark() == 10);
            assertThat(Batches.readAll(back)).isEqualTo(Batches.readAll(hosts.leader(group)));
        }
    }

    @Test
    void aRemovedPartitionLeavesNoFiles() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.SYNC)) {
            UUID group = hosts.create("t", LogConfig.DEFAULT);
            append(hosts.leader(group), Batches.of("a"));
            hosts.host(1).remove(group).get(20, TimeUnit.SECONDS);
            assertThat(hosts.host(1).replica(group)).isEmpty();
            assertThat(hosts.directory(1).resolve("partitions").resolve(group.toString()))
                    .doesNotExist();
        }
    }

    private static AppendOutcome append(PartitionReplica replica, ByteBuffer batch) throws Exception {
        return replica.append(batch, Acks.MAJORITY).get(20, TimeUnit.SECONDS);
    }
}
