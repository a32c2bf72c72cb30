package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.barnabas.log.PartitionReplica.Acks;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicas with damaged files that are made anew from their peers. */
class RepairTest {

    private static final LogConfig SMALL_SEGMENTS = LogConfig.DEFAULT.with(new LogConfig.Segments(1_000, 60_000, 0));

    @TempDir
    Path directory;

    @Test
    void aReplicaWithADamagedFileComesBackWhole() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC)) {
            UUID group = hosts.create("t", SMALL_SEGMENTS);
            PartitionReplica leader = hosts.leader(group);
            append(leader, 0, 100);
            int node = leader.leadership().leader() % 3 + 1;
            breakReplica(hosts, node, group);
            append(hosts.leader(group), 100, 110);
            hosts.host(node).repair(group).get();
            // A setting that changes meanwhile does not break the repair off.
            hosts.add(group, "t", SMALL_SEGMENTS.withMaxMessageBytes(2_000_000));
            append(hosts.leader(group), 110, 120);
            awaitSame(hosts, node, group, 120);
            assertThat(hosts.host(node).replica(group).orElseThrow().status().failure())
                    .isEmpty();
            // It counts again: the partition lives on with it when another one goes.
            int other = 6 - node - hosts.leader(group).leadership().leader();
            hosts.stop(other);
            append(hosts.leader(group), 120, 125);
            awaitSame(hosts, node, group, 125);
        }
    }

    @Test
    void aRepairThatWasBrokenOffGoesOnAfterARestart() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC)) {
            UUID group = hosts.create("t", SMALL_SEGMENTS);
            PartitionReplica leader = hosts.leader(group);
            append(leader, 0, 50);
            int node = leader.leadership().leader() % 3 + 1;
            breakReplica(hosts, node, group);
            hosts.stop(node);
            new RepairFiles(hosts.directory(node).resolve("repairs")).begin(group);
            hosts.start(node);
            hosts.add(group, "t", SMALL_SEGMENTS);
            awaitSame(hosts, node, group, 50);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> new RepairFiles(hosts.directory(node).resolve("repairs"))
                            .begun()
                            .isEmpty());
        }
    }

    @Test
    void aRepairThatCannotSucceedChangesNothing() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.SYNC)) {
            UUID group = hosts.create("t", SMALL_SEGMENTS);
            PartitionReplica leader = hosts.leader(group);
            append(leader, 0, 50);
            assertThatThrownBy(() -> hosts.host(1).repair(group).get())
                    .hasRootCauseInstanceOf(IOException.class)
                    .hasMessageContaining("is well");
            breakReplica(hosts, 1, group);
            assertThatThrownBy(() -> hosts.host(1).repair(group).get())
                    .hasMessageContaining("no other replica to copy from");
            assertThat(hosts.host(1).replica(group).orElseThrow().status().failure())
                    .isPresent();
        }
    }

    /** Turns a bit of a batch that is read for the first time afterwards. */
    private static void breakReplica(LocalHosts hosts, int node, UUID group) throws Exception {
        RatisPartitionReplica replica =
                (RatisPartitionReplica) hosts.host(node).replica(group).orElseThrow();
        await().until(() -> replica.offsets().highWatermark() >= 50);
        Path segment = hosts.directory(node)
                .resolve("partitions")
                .resolve(group.toString())
                .resolve("log")
                .resolve("00000000000000000000.log");
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(16);
            file.write(0x7F);
        }
        assertThat(replica.read(0, 100_000, true)).isInstanceOf(ReadOutcome.Unavailable.class);
        assertThat(replica.status().failure()).isPresent();
    }

    private static void append(PartitionReplica leader, int from, int to) throws Exception {
        for (int i : IntStream.range(from, to).toArray()) {
            assertThat(leader.append(Batches.of("v" + i), Acks.MAJORITY).get())
                    .isInstanceOf(AppendOutcome.Appended.class);
        }
    }

    private static void awaitSame(LocalHosts hosts, int node, UUID group, long end) throws Exception {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> hosts.host(node)
                                .replica(group)
                                .map(replica -> replica.offsets().highWatermark())
                                .orElse(-1L)
                        == end);
        PartitionReplica replica = hosts.host(node).replica(group).orElseThrow();
        assertThat(Batches.readAll(replica)).isEqualTo(Batches.readAll(hosts.leader(group)));
    }
}
