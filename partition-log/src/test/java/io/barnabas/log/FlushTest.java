package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.log.PartitionReplica.Acks;
import io.barnabas.log.segment.DiskFaults;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When appended batches reach the disk, for both values of {@code log.flush}. */
@Timeout(60)
class FlushTest {

    private static final int BATCHES = 400;

    @TempDir
    Path directory;

    private final DiskFaults disk = new DiskFaults();

    @Test
    void batchesThatArriveDuringASyncShareTheNext() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.SYNC, id -> disk)) {
            PartitionReplica leader = hosts.leader(hosts.create("t", LogConfig.DEFAULT));
            leader.append(Batches.of("first"), Acks.MAJORITY).get(20, TimeUnit.SECONDS);
            long before = disk.syncs();

            disk.holdSyncs();
            List<CompletableFuture<AppendOutcome>> appends = new ArrayList<>();
            appends.add(leader.append(Batches.of("opens the sync"), Acks.MAJORITY));
            await().atMost(Duration.ofSeconds(20)).until(() -> disk.heldSyncs() == 1);
            for (int i = 1; i < BATCHES; i++) {
                appends.add(leader.append(Batches.of("v" + i), Acks.MAJORITY));
            }
            assertThat(appends).as("none is acknowledged before its sync").noneMatch(CompletableFuture::isDone);
            disk.releaseSyncs();

            for (int i = 0; i < BATCHES; i++) {
                assertThat(appends.get(i).get(20, TimeUnit.SECONDS)).isEqualTo(new AppendOutcome.Appended(i + 1L, 0));
            }
            assertThat(disk.syncs() - before)
                    .as("syncs for %d batches", BATCHES)
                    .isBetween(2L, 3L);
        }
    }

    @Test
    void withoutSyncTheFlusherBringsThePageCacheToTheDisk() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.ASYNC, id -> disk)) {
            PartitionReplica leader = hosts.leader(hosts.create("t", LogConfig.DEFAULT));
            disk.holdSyncs();
            for (int i = 0; i < 10; i++) {
                assertThat(leader.append(Batches.of("v" + i), Acks.MAJORITY).get(20, TimeUnit.SECONDS))
                        .as("acknowledged while no sync returns")
                        .isEqualTo(new AppendOutcome.Appended(i, 0));
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> disk.heldSyncs() == 1);
            disk.releaseSyncs();
            await().atMost(Duration.ofSeconds(20)).until(() -> disk.syncs() > 0);
            long synced = disk.syncs();
            leader.append(Batches.of("more"), Acks.MAJORITY).get(20, TimeUnit.SECONDS);
            await().atMost(Duration.ofSeconds(20)).until(() -> disk.syncs() > synced);
        }
    }

    @Test
    void aSyncThatFailsInTheBackgroundStopsTheReplica() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.ASYNC, id -> disk)) {
            UUID group = hosts.create("t", LogConfig.DEFAULT);
            PartitionReplica leader = hosts.leader(group);
            disk.failSyncs(new IOException("Input/output error"));
            leader.append(Batches.of("a"), Acks.MAJORITY).get(20, TimeUnit.SECONDS);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> leader.status().failure().isPresent());
            assertThat(leader.status().failure().orElseThrow())
                    .contains("00000000000000000000.log")
                    .contains("Input/output error");
        }
    }
}
