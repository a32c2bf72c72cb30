package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryPointsTest {

    private static final int RECORD = 1_000_000;

    @TempDir
    Path directory;

    /** Large batches are few entries, so that the number of entries alone would not bring a snapshot. */
    @Test
    void manyBytesBringASnapshotAndFewDoNot() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.ASYNC)) {
            UUID large = hosts.create("large", LogConfig.DEFAULT);
            UUID small = hosts.create("small", LogConfig.DEFAULT);
            append(hosts.leader(small), 2);
            append(hosts.leader(large), 40);
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(finalTo(hosts, large)).isPositive());
            assertThat(finalTo(hosts, small)).isZero();
        }
    }

    private static void append(PartitionReplica leader, int batches) {
        String value = "x".repeat(RECORD);
        for (int i = 0; i < batches; i++) {
            assertThat(leader.append(Batches.of(value), PartitionReplica.Acks.MAJORITY)
                            .join())
                    .isInstanceOf(AppendOutcome.Appended.class);
        }
    }

    private static long finalTo(LocalHosts hosts, UUID groupId) {
        RatisPartitionReplica replica =
                (RatisPartitionReplica) hosts.host(1).replica(groupId).orElseThrow();
        return replica.upkeep().cleanable().orElseThrow().finalTo();
    }
}
