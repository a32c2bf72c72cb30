package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.log.PartitionReplica.Acks;
import io.barnabas.log.segment.SegmentFiles;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RestingTest {

    private static final long IDLE_MS = 200;

    @TempDir
    Path directory;

    @Test
    void servesReadsWithoutDivisionsAndIsWokenByAWrite() throws Exception {
        try (LocalHosts hosts = hosts(3)) {
            UUID group = hosts.create("t", LogConfig.DEFAULT);
            assertThat(append(hosts.leader(group), Batches.of("a", "b"))).isEqualTo(new AppendOutcome.Appended(0, 0));
            awaitRest(hosts, group, 1, 2, 3);
            assertThat(threadsOf(group)).isEmpty();
            PartitionReplica leader = hosts.leader(group);
            assertThat(Batches.readAll(leader)).containsExactly("0=a", "1=b");
            int epoch = leader.leadership().epoch();
            for (int round = 0; round < 5; round++) {
                List<CompletableFuture<AppendOutcome>> appends = IntStream.range(0, 10)
                        .mapToObj(i -> leader.append(Batches.of("x"), Acks.MAJORITY))
                        .toList();
                long begun = System.nanoTime();
                for (int i = 0; i < 10; i++) {
                    assertThat(appends.get(i).get(20, TimeUnit.SECONDS))
                            .isEqualTo(new AppendOutcome.Appended(2 + 10 * round + i, 0));
                }
                System.out.println("woken after "
                        + Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms");
                assertThat(leader.leadership().epoch()).isGreaterThan(epoch);
                epoch = leader.leadership().epoch();
                assertThat(leader.leadership().local()).isTrue();
                long restBegun = System.nanoTime();
                awaitRest(hosts, group, 1, 2, 3);
                System.out.println("rests again after "
                        + Duration.ofNanos(System.nanoTime() - restBegun).toMillis() + " ms");
            }
            for (int id = 1; id <= 3; id++) {
                assertThat(Batches.readAll(hosts.host(id).replica(group).orElseThrow()))
                        .hasSize(52);
            }
        }
    }

    @Test
    void othersLeadWhenTheLeaderOfAGroupAtRestIsLost() throws Exception {
        try (LocalHosts hosts = hosts(3)) {
            UUID group = hosts.create("t", LogConfig.DEFAULT);
            write(hosts, group, "a", 0);
            awaitRest(hosts, group, 1, 2, 3);
            int lost = hosts.leader(group).leadership().leader();
            hosts.stop(lost);
            int first = lost == 1 ? 2 : 1;
            int other = 6 - lost - first;
            hosts.host(other).resting().wake(group, false);
            hosts.host(first).resting().wake(group, true);
            PartitionReplica next = hosts.leader(group);
            assertThat(append(next, Batches.of("b"))).isEqualTo(new AppendOutcome.Appended(1, 0));
            await().during(Duration.ofMillis(5 * IDLE_MS))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> hosts.host(other).resting().resting().isEmpty());

            PartitionReplica back = hosts.start(lost).replica(group).orElseThrow();
            await().atMost(Duration.ofSeconds(20)).until(() -> back.offsets().highWatermark() == 2);
            assertThat(Batches.readAll(back)).containsExactly("0=a", "1=b");
            hosts.add(group, "t", LogConfig.DEFAULT);
            awaitRest(hosts, group, 1, 2, 3);
        }
    }

    @Test
    void comesBackRestingAfterARestartOfAllAndWakes() throws Exception {
        try (LocalHosts hosts = hosts(3)) {
            UUID group = hosts.create("t", LogConfig.DEFAULT);
            write(hosts, group, "a", 0);
            UUID busy = hosts.create("u", LogConfig.DEFAULT);
            awaitRest(hosts, group, 1, 2, 3);
            hosts.quiesceAfter(0);
            int leader = hosts.leader(group).leadership().leader();
            write(hosts, busy, "b", 0);
            for (int id = 1; id <= 3; id++) {
                hosts.stop(id);
            }
            hosts.quiesceAfter(IDLE_MS);
            for (int id = 1; id <= 3; id++) {
                hosts.start(id);
            }
            assertThat(isResting(hosts, leader, group)).isTrue();
            PartitionReplica resting = hosts.host(leader).replica(group).orElseThrow();
            assertThat(resting.leadership().local())
                    .as("serves before it is known that nobody else leads")
                    .isFalse();
            hosts.host(leader).resting().confirm(group);
            assertThat(resting.leadership().local()).isTrue();
            assertThat(Batches.readAll(resting)).containsExactly("0=a");
            assertThat(append(resting, Batches.of("c"))).isEqualTo(new AppendOutcome.Appended(1, 0));
            assertThat(append(hosts.leader(busy), Batches.of("d"))).isEqualTo(new AppendOutcome.Appended(1, 0));
        }
    }

    @Test
    void aHostThatWasDownWhileTheOthersWokeIsWokenByThem() throws Exception {
        try (LocalHosts hosts = hosts(3)) {
            UUID group = hosts.create("t", LogConfig.DEFAULT);
            write(hosts, group, "a", 0);
            awaitRest(hosts, group, 1, 2, 3);
            PartitionReplica leader = hosts.leader(group);
            int away = leader.leadership().leader() % 3 + 1;
            hosts.stop(away);
            assertThat(append(leader, Batches.of("b"))).isEqualTo(new AppendOutcome.Appended(1, 0));
            hosts.start(away);
            PartitionReplica back = hosts.host(away).replica(group).orElseThrow();
            await().atMost(Duration.ofSeconds(20)).until(() -> back.offsets().highWatermark() == 2);
        }
    }

    @Test
    void staysAwakeWhileAMemberCannotBeAsked() throws Exception {
        try (LocalHosts hosts = hosts(3)) {
            UUID group = hosts.create("t", LogConfig.DEFAULT);
            write(hosts, group, "a", 0);
            awaitRest(hosts, group, 1, 2, 3);
            PartitionReplica leader = hosts.leader(group);
            int follower = leader.leadership().leader() % 3 + 1;
            append(leader, Batches.of("b"));
            hosts.cutOff().add(follower);
            await().during(Duration.ofMillis(5 * IDLE_MS))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> !isResting(hosts, leader.leadership().leader(), group));
            assertThat(append(leader, Batches.of("c"))).isEqualTo(new AppendOutcome.Appended(2, 0));
        }
    }

    @Test
    void aTrimWakesAndARestingReplicaCanBeRemoved() throws Exception {
        try (LocalHosts hosts = hosts(3)) {
            UUID group = hosts.create("t", LogConfig.DEFAULT);
            write(hosts, group, "a", 0);
            write(hosts, group, "b", 1);
            awaitRest(hosts, group, 1, 2, 3);
            assertThat(hosts.leader(group).trimTo(1).get(20, TimeUnit.SECONDS)).isEqualTo(new TrimOutcome.Trimmed(1));
            awaitRest(hosts, group, 1, 2, 3);
            assertThat(Batches.readAll(hosts.leader(group))).containsExactly("1=b");
            for (int id = 1; id <= 3; id++) {
                hosts.host(id).remove(group).get(20, TimeUnit.SECONDS);
                assertThat(hosts.host(id).replica(group)).isEmpty();
            }
        }
    }

    @Test
    void oneReplicaAloneRestsAndWakes() throws Exception {
        try (LocalHosts hosts = hosts(1)) {
            UUID group = hosts.create("t", LogConfig.DEFAULT);
            write(hosts, group, "a", 0);
            awaitRest(hosts, group, 1);
            assertThat(append(hosts.leader(group), Batches.of("b"))).isEqualTo(new AppendOutcome.Appended(1, 0));
        }
    }

    private LocalHosts hosts(int count) throws Exception {
        return new LocalHosts(directory, count, FlushMode.SYNC, 1, id -> SegmentFiles.direct(), raft -> {}, IDLE_MS);
    }

    /** Appends to whoever leads; an election may come between. */
    private static void write(LocalHosts hosts, UUID group, String value, long offset) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> append(hosts.leader(group), Batches.of(value)) instanceof AppendOutcome.Appended appended
                        && appended.baseOffset() == offset);
    }

    private static AppendOutcome append(PartitionReplica leader, ByteBuffer batch) throws Exception {
        return leader.append(batch, Acks.MAJORITY).get(20, TimeUnit.SECONDS);
    }

    private static void awaitRest(LocalHosts hosts, UUID group, int... ids) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> IntStream.of(ids).allMatch(id -> isResting(hosts, id, group)));
    }

    private static boolean isResting(LocalHosts hosts, int id, UUID group) {
        return hosts.host(id).resting().resting().stream()
                .anyMatch(resting -> resting.groupId().equals(group));
    }

    private static List<String> threadsOf(UUID group) {
        String name = "group-" + group.toString().substring(24).toUpperCase(Locale.ROOT);
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(thread -> thread.contains(name))
                .toList();
    }
}
