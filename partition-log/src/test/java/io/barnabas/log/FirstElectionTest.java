package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** New groups whose election timeouts are far longer than a test waits. */
class FirstElectionTest {

    private static final TimeDuration NEVER = TimeDuration.valueOf(2, TimeUnit.MINUTES);

    @TempDir
    Path directory;

    @Test
    void aNewGroupIsLedByItsPreferredReplicaWithoutAnElectionTimeout() throws Exception {
        try (LocalHosts hosts = hosts(3)) {
            List<PartitionSpec> specs = new ArrayList<>();
            for (int first = 1; first <= 3; first++) {
                specs.add(spec(hosts, List.of(first, first % 3 + 1, (first + 1) % 3 + 1)));
            }
            List<CompletableFuture<?>> created = new ArrayList<>();
            for (PartitionSpec spec : specs) {
                for (int id = 1; id <= 3; id++) {
                    created.add(hosts.host(id).create(spec));
                }
            }
            CompletableFuture.allOf(created.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
            for (PartitionSpec spec : specs) {
                PartitionReplica leader = hosts.leader(spec.groupId());
                assertThat(leader.leadership().leader())
                        .isEqualTo(spec.peers().getFirst().nodeId());
                assertThat(leader.leadership().epoch()).as("one election").isEqualTo(1);
            }
        }
    }

    @Test
    void thePreferredReplicaWaitsUntilAMajorityIsOpen() throws Exception {
        try (LocalHosts hosts = hosts(3)) {
            PartitionSpec spec = spec(hosts, List.of(1, 2, 3));
            hosts.host(1).create(spec);
            PartitionReplica first = awaitReplica(hosts, spec);
            await().during(Duration.ofMillis(500))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> first.leadership().epoch() <= 0);
            hosts.host(3).create(spec);
            assertThat(hosts.leader(spec.groupId()).leadership().leader()).isEqualTo(1);
        }
    }

    @Test
    void aReplicaThatIsNotNewDoesNotStand() throws Exception {
        try (LocalHosts hosts = hosts(3)) {
            PartitionSpec spec = spec(hosts, List.of(1, 2, 3));
            hosts.host(2).create(spec);
            hosts.host(3).create(spec);
            hosts.host(1).add(spec);
            PartitionReplica first = awaitReplica(hosts, spec);
            await().during(Duration.ofSeconds(1))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> !first.leadership().local());
        }
    }

    private static PartitionReplica awaitReplica(LocalHosts hosts, PartitionSpec spec) {
        return await().until(() -> hosts.host(1).replica(spec.groupId()), Optional::isPresent)
                .orElseThrow();
    }

    private LocalHosts hosts(int count) throws IOException {
        return new LocalHosts(directory, count, FlushMode.SYNC, 1, id -> SegmentFiles.direct(), raft -> {
            RaftServerConfigKeys.Rpc.setTimeoutMin(raft, NEVER);
            RaftServerConfigKeys.Rpc.setTimeoutMax(raft, NEVER.multiply(2));
        });
    }

    private static PartitionSpec spec(LocalHosts hosts, List<Integer> replicas) {
        return new PartitionSpec(
                UUID.randomUUID(), "t", 0, replicas.stream().map(hosts::peer).toList(), LogConfig.DEFAULT);
    }
}
