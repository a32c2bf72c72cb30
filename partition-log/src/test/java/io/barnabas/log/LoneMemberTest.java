package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.log.PartitionReplica.Acks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that go on alone after the majority of their group was lost. */
class LoneMemberTest {

    private static final int EPOCH = 50;

    @TempDir
    Path directory;

    @Test
    void aReplicaGoesOnAloneWithAllThatItHolds() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC)) {
            UUID before = hosts.create("t", LogConfig.DEFAULT);
            PartitionReplica leader = hosts.leader(before);
            for (int i = 0; i < 20; i++) {
                assertThat(leader.append(Batches.of("v" + i), Acks.MAJORITY).get())
                        .isInstanceOf(AppendOutcome.Appended.class);
            }
            int node = leader.leadership().leader();
            for (int other = 1; other <= 3; other++) {
                if (other != node) {
                    hosts.stop(other);
                }
            }
            // Held by this replica alone, and committed by nobody; a leader that has stepped down takes nothing more.
            boolean taken = leader.append(Batches.of("tail"), Acks.LEADER).get() instanceof AppendOutcome.Appended;
            int held = taken ? 21 : 20;
            UUID after = UUID.randomUUID();
            PartitionSpec alone = new PartitionSpec(after, "t", 0, List.of(hosts.peer(node)), LogConfig.DEFAULT);
            hosts.host(node).recover(alone, before, EPOCH).get();
            check(hosts, node, before, after, held);
            assertThat(hosts.leader(after)
                            .append(Batches.of("more"), Acks.MAJORITY)
                            .get())
                    .isInstanceOf(AppendOutcome.Appended.class);

            // It stays so after restarts, whether or not it is asked again.
            hosts.stop(node);
            hosts.start(node);
            hosts.host(node).add(alone).get();
            check(hosts, node, before, after, held + 1);
            hosts.host(node).recover(alone, before, EPOCH).get();
            check(hosts, node, before, after, held + 1);
        }
    }

    @Test
    void aReplicaThatFailedDoesNotGoOn() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.SYNC)) {
            UUID before = hosts.create("t", LogConfig.DEFAULT);
            RatisPartitionReplica replica = (RatisPartitionReplica) hosts.leader(before);
            replica.fail("is broken", null);
            PartitionSpec alone =
                    new PartitionSpec(UUID.randomUUID(), "t", 0, List.of(hosts.peer(1)), LogConfig.DEFAULT);
            assertThatThrownBy(() -> hosts.host(1).recover(alone, before, EPOCH).get())
                    .hasCauseInstanceOf(IOException.class)
                    .hasMessageContaining("is broken");
        }
    }

    private static void check(LocalHosts hosts, int node, UUID before, UUID after, int records) throws Exception {
        PartitionReplica leader = hosts.leader(after);
        assertThat(leader.leadership().leader()).isEqualTo(node);
        assertThat(leader.leadership().epoch()).isGreaterThan(EPOCH);
        assertThat(leader.offsets().highWatermark()).isEqualTo(records);
        assertThat(Batches.readAll(leader)).hasSize(records);
        assertThat(hosts.host(node).replica(before)).isEmpty();
        assertThat(Files.exists(hosts.directory(node).resolve("partitions").resolve(before.toString())))
                .isFalse();
    }
}
