package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.log.PartitionReplica.Acks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code min.insync.replicas} above the majority. */
class MinInsyncReplicasTest {

    @TempDir
    Path directory;

    @Test
    void anAnswerMeansThatSoManyReplicasHaveIt() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC)) {
            UUID group = hosts.create("t", LogConfig.DEFAULT.withMinInsyncReplicas(3));
            PartitionReplica leader = hosts.leader(group);
            await().until(() ->
                    leader.append(Batches.of("first"), Acks.MAJORITY).get() instanceof AppendOutcome.Appended);
            for (int i = 0; i < 20; i++) {
                assertThat(leader.append(Batches.of("v" + i), Acks.MAJORITY).get())
                        .isInstanceOf(AppendOutcome.Appended.class);
                long end = leader.offsets().logEndOffset();
                for (int id = 1; id <= 3; id++) {
                    assertThat(hosts.host(id)
                                    .replica(group)
                                    .orElseThrow()
                                    .offsets()
                                    .logEndOffset())
                            .isEqualTo(end);
                }
            }
        }
    }

    @Test
    void withoutThemABatchIsRefused() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC)) {
            UUID group = hosts.create("t", LogConfig.DEFAULT.withMinInsyncReplicas(3));
            PartitionReplica leader = hosts.leader(group);
            await().until(() ->
                    leader.append(Batches.of("first"), Acks.MAJORITY).get() instanceof AppendOutcome.Appended);
            hosts.stop(leader.leadership().leader() % 3 + 1);
            assertThat(leader.append(Batches.of("late"), Acks.MAJORITY).get())
                    .isInstanceOfSatisfying(
                            AppendOutcome.Refused.class,
                            refused -> assertThat(refused.reason())
                                    .isEqualTo(AppendRefusal.NOT_ENOUGH_REPLICAS_AFTER_APPEND));
            await().atMost(Duration.ofSeconds(10))
                    .until(() ->
                            leader.append(Batches.of("never"), Acks.MAJORITY).get()
                                            instanceof AppendOutcome.Refused refused
                                    && refused.reason() == AppendRefusal.NOT_ENOUGH_REPLICAS);
            assertThat(leader.append(Batches.of("leader only"), Acks.LEADER).get())
                    .isInstanceOf(AppendOutcome.Appended.class);
            hosts.add(group, "t", LogConfig.DEFAULT.withMinInsyncReplicas(2));
            assertThat(leader.append(Batches.of("majority"), Acks.MAJORITY).get())
                    .isInstanceOf(AppendOutcome.Appended.class);
        }
    }
}
