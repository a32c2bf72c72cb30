package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.log.PartitionReplica.Acks;
import io.barnabas.log.rules.Seeds;
import io.barnabas.log.segment.PowerLossFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.LifeCycle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What acks=all has acknowledged, and whose power or processes it survives with each {@code log.flush}. */
@Timeout(120)
class PowerLossReplicationTest {

    private static final int NODES = 3;
    private static final int PRODUCERS = 4;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final LogConfig SMALL = LogConfig.DEFAULT.with(new LogConfig.Segments(6_000, 60_000, 200));

    @TempDir
    Path directory;

    private final Map<Integer, PowerLossFiles> disks = new HashMap<>();
    private final ConcurrentMap<Long, String> acknowledged = new ConcurrentHashMap<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private volatile LocalHosts hosts;
    private final List<Thread> producers = new ArrayList<>();
    private final Map<Integer, Long> flushed = new HashMap<>();
    private List<Integer> down = List.of();
    private UUID group;
    private int marks;

    @Test
    void withSyncAcknowledgedRecordsSurviveThePowerOfOneAMajorityAndAll() throws Exception {
        Seeds.run("power of nodes, sync", 1, random -> {
            try (LocalHosts cluster = start(FlushMode.SYNC, random)) {
                for (int victims = 1; victims <= NODES; victims++) {
                    awaitAcknowledged(40 + random.nextInt(150));
                    stop(victims, random);
                    for (int id : down) {
                        RaftPowerLoss.strike(replicaOf(id), flushed.get(id), random);
                        disks.put(id, disks.get(id).afterPowerLoss(random));
                    }
                    startAgain(cluster);
                }
                awaitAcknowledged(50);
                stopProducers();
                checkAllReplicas();
            } finally {
                stopProducers();
            }
        });
    }

    @Test
    void withoutSyncTheySurviveKilledProcessesAndAfterTheFlushIntervalThePowerToo() throws Exception {
        Seeds.run("power of nodes, async", 1, random -> {
            try (LocalHosts cluster = start(FlushMode.ASYNC, random)) {
                awaitAcknowledged(100);
                stop(NODES, random);
                for (int id : down) {
                    disks.put(id, disks.get(id).afterProcessCrash());
                }
                startAgain(cluster);
                awaitAcknowledged(100);
                checkAcknowledged();

                stopProducers();
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> disks.entrySet().stream()
                                .allMatch(disk -> disk.getValue()
                                        .isSynced(replicaOf(disk.getKey()).resolve("log"))));
                Map<Integer, Long> synced = flushIndexes();
                // Nobody says what becomes of these.
                for (int i = 0; i < 20; i++) {
                    cluster.leader(group).append(Batches.of("late" + i), Acks.MAJORITY);
                }
                stop(NODES, random);
                for (int id : down) {
                    RaftPowerLoss.strike(replicaOf(id), synced.get(id), random);
                    disks.put(id, disks.get(id).afterPowerLoss(random));
                }
                startAgain(cluster);
                // A replica whose disk kept more of the late ones than the new leader's is not looked at.
                checkAcknowledged();
            } finally {
                stopProducers();
            }
        });
    }

    private LocalHosts start(FlushMode mode, SplittableRandom random) throws IOException {
        for (int id = 1; id <= NODES; id++) {
            disks.put(id, new PowerLossFiles(random.split()));
        }
        LocalHosts cluster = new LocalHosts(directory, NODES, mode, disks::get);
        hosts = cluster;
        group = cluster.create("t", SMALL);
        cluster.leader(group);
        for (int id = 0; id < PRODUCERS; id++) {
            long producerId = 1_000 + id;
            producers.add(Thread.startVirtualThread(() -> produce(producerId)));
        }
        return cluster;
    }

    private void awaitAcknowledged(int more) {
        int target = acknowledged.size() + more;
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> acknowledged.size() >= target);
    }

    private void stopProducers() throws InterruptedException {
        stopped.set(true);
        for (Thread producer : producers) {
            producer.join();
        }
    }

    private RaftServer.Division division(int id) {
        return ((RatisPartitionReplica) hosts.host(id).replica(group).orElseThrow())
                .division()
                .orElseThrow();
    }

    private Map<Integer, Long> flushIndexes() {
        Map<Integer, Long> indexes = new HashMap<>();
        for (int id = 1; id <= NODES; id++) {
            indexes.put(id, division(id).getRaftLog().getFlushIndex());
        }
        return indexes;
    }

    /** Cuts the power of some nodes' disks at one moment, and then stops what is left of the processes. */
    private void stop(int victims, SplittableRandom random) throws InterruptedException {
        down = new ArrayList<>(List.of(1, 2, 3));
        while (down.size() > victims) {
            down.remove(random.nextInt(down.size()));
        }
        down.forEach(id -> disks.get(id).cutPower());
        Map<Integer, RaftServer.Division> divisions = new HashMap<>();
        down.forEach(id -> divisions.put(id, division(id)));
        List<Thread> stopping = down.stream()
                .map(id -> Thread.startVirtualThread(() -> hosts.stop(id)))
                .toList();
        for (Thread thread : stopping) {
            thread.join();
        }
        flushed.clear();
        divisions.forEach((id, division) -> {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> division.getInfo().getLifeCycleState() == LifeCycle.State.CLOSED);
            flushed.put(id, division.getRaftLog().getFlushIndex());
        });
    }

    private Path replicaOf(int id) {
        return hosts.directory(id).resolve("partitions").resolve(group.toString());
    }

    private void startAgain(LocalHosts cluster) throws IOException {
        for (int id : down) {
            cluster.start(id);
            assertThat(cluster.host(id).replica(group).orElseThrow().status().failure())
                    .as("node %d", id)
                    .isEmpty();
        }
    }

    private void produce(long producerId) {
        for (int sequence = 0; !stopped.get(); sequence++) {
            String value = producerId + "-" + sequence + "-" + "x".repeat((int) (producerId + 7L * sequence) % 300);
            boolean done = false;
            while (!done && !stopped.get()) {
                done = send(producerId, sequence, value);
                if (!done) {
                    LockSupport.parkNanos(RETRY_NANOS);
                }
            }
        }
    }

    /** The same batch again until it is acknowledged, as an idempotent producer does. */
    private boolean send(long producerId, int sequence, String value) {
        for (int id = 1; id <= NODES; id++) {
            RatisPartitionHost host = hosts.host(id);
            PartitionReplica replica = host == null ? null : host.replica(group).orElse(null);
            if (replica == null || !replica.leadership().local()) {
                continue;
            }
            try {
                AppendOutcome outcome = replica.append(
                                Batches.idempotent(producerId, (short) 0, sequence, value), Acks.MAJORITY)
                        .get(2, TimeUnit.SECONDS);
                switch (outcome) {
                    case AppendOutcome.Appended appended -> {
                        acknowledged.put(appended.baseOffset(), value);
                        return true;
                    }
                    case AppendOutcome.Duplicate duplicate -> {
                        acknowledged.put(duplicate.baseOffset(), value);
                        return true;
                    }
                    case AppendOutcome.Refused refused -> {
                        return false;
                    }
                }
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                // Whether it was stored is not known: the next attempt tells.
                return false;
            }
        }
        return false;
    }

    /** All that was acknowledged is there, once; gives all records. */
    private List<String> checkAcknowledged() throws Exception {
        Map<Long, String> expected = Map.copyOf(acknowledged);
        // When this one is in, so is all before it.
        PartitionReplica leader = await().atMost(Duration.ofSeconds(30)).until(this::appendMark, Objects::nonNull);
        List<String> all = Batches.readAll(leader);
        expected.forEach(
                (offset, value) -> assertThat(all.get(Math.toIntExact(offset))).isEqualTo(offset + "=" + value));
        assertThat(all.stream().map(record -> record.substring(record.indexOf('=') + 1)))
                .as("no batch is stored twice")
                .doesNotHaveDuplicates();
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i)).startsWith(i + "=");
        }
        return all;
    }

    private PartitionReplica appendMark() throws Exception {
        PartitionReplica leader = hosts.leader(group);
        AppendOutcome outcome =
                leader.append(Batches.of("mark " + marks++), Acks.MAJORITY).get(20, TimeUnit.SECONDS);
        return outcome instanceof AppendOutcome.Appended ? leader : null;
    }

    private void checkAllReplicas() throws Exception {
        List<String> all = checkAcknowledged();
        for (int node = 1; node <= NODES; node++) {
            int id = node;
            PartitionReplica replica = hosts.host(id).replica(group).orElseThrow();
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(replica.offsets().highWatermark())
                            .as("node %d: %s, %s, %s", id, replica.offsets(), replica.leadership(), replica.status())
                            .isEqualTo(1
                                    + Long.parseLong(all.getLast()
                                            .substring(0, all.getLast().indexOf('=')))));
            assertThat(Batches.readAll(replica)).as("node %d", id).isEqualTo(all);
        }
    }
}
