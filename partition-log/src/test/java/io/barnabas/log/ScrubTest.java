package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.log.PartitionReplica.Acks;
import io.barnabas.log.inspect.Finding;
import io.barnabas.log.inspect.LogVerifier;
import io.barnabas.log.inspect.ReplicaFiles;
import io.barnabas.log.inspect.Severity;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage that nobody reads is found in the background, in time to be repaired. */
class ScrubTest {

    private static final LogConfig SMALL_SEGMENTS = LogConfig.DEFAULT.with(new LogConfig.Segments(1_000, 60_000, 0));
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    @Test
    void damageFailsItsReplicaAndNoOther() throws Exception {
        UUID damaged;
        UUID well;
        Path segment;
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC)) {
            damaged = hosts.create("damaged", SMALL_SEGMENTS);
            well = hosts.create("well", SMALL_SEGMENTS);
            append(hosts, damaged, 40);
            append(hosts, well, 40);
            int node = hosts.leader(damaged).leadership().leader() % 3 + 1;
            hosts.stop(node);
            hosts.scrub(new ScrubConfig(1 << 20, 100));
            hosts.start(node);
            hosts.add(damaged, "damaged", SMALL_SEGMENTS);
            hosts.add(well, "well", SMALL_SEGMENTS);
            PartitionReplica replica = hosts.host(node).replica(damaged).orElseThrow();
            PartitionReplica other = hosts.host(node).replica(well).orElseThrow();
            await().atMost(LONG)
                    .untilAsserted(() ->
                            assertThat(replica.status().scrub().scrubbedAtMs()).isPositive());
            assertThat(replica.status().scrub().scrubbedBytes()).isPositive();
            assertThat(replica.status().scrub().finding()).isEmpty();

            segment = segments(node, damaged).get(1);
            flip(segment, 70);

            await().atMost(LONG).until(() -> replica.status().failure().isPresent());
            assertThat(replica.status().failure().orElseThrow())
                    .contains("found damaged while it was scrubbed", segment.toString(), "CRC");
            assertThat(replica.status().scrub().finding()).isPresent();
            long seen = other.status().scrub().scrubbedAtMs();
            await().atMost(LONG).until(() -> other.status().scrub().scrubbedAtMs() > seen);
            assertThat(other.status().failure()).isEmpty();
            append(hosts, damaged, 5);
            append(hosts, well, 5);
        }
        assertThat(damagedFiles()).containsExactly(segment);
    }

    @Test
    void theTimeOfTheLastCheckOutlivesARestart() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.SYNC)) {
            UUID group = hosts.create("t", SMALL_SEGMENTS);
            append(hosts, group, 40);
            hosts.stop(1);
            hosts.scrub(new ScrubConfig(1 << 20, Duration.ofHours(1).toMillis()));
            hosts.start(1);
            PartitionReplica replica = hosts.host(1).replica(group).orElseThrow();
            await().atMost(LONG).until(() -> replica.status().scrub().scrubbedAtMs() > 0);
            long first = replica.status().scrub().scrubbedAtMs();
            hosts.stop(1);

            hosts.start(1);

            PartitionReplica again = hosts.host(1).replica(group).orElseThrow();
            await().atMost(LONG).until(() -> again.status().scrub().scrubbedAtMs() == first);
            assertThat(again.status().scrub().scrubbedBytes()).isZero();
        }
    }

    /** Verifies all that the hosts have left behind. */
    private List<Path> damagedFiles() throws Exception {
        List<Finding> findings = new ArrayList<>();
        for (int node = 1; node <= 3; node++) {
            for (ReplicaFiles replica : ReplicaFiles.at(directory.resolve("node-" + node))) {
                assertThat(LogVerifier.verify(replica, findings::add).withIndex())
                        .isTrue();
            }
        }
        assertThat(findings)
                .allSatisfy(finding -> assertThat(finding.severity()).isNotEqualTo(Severity.WARNING));
        return findings.stream()
                .filter(finding -> finding.severity() == Severity.DAMAGE)
                .map(Finding::file)
                .toList();
    }

    private List<Path> segments(int node, UUID group) throws Exception {
        Path log = directory
                .resolve("node-" + node)
                .resolve("partitions")
                .resolve(group.toString())
                .resolve("log");
        try (Stream<Path> files = Files.list(log)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    private static void flip(Path file, long position) throws Exception {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.seek(position);
            int old = access.read();
            access.seek(position);
            access.write(old ^ 0x40);
        }
    }

    /** On a busy machine the lead may change meanwhile. */
    private static void append(LocalHosts hosts, UUID group, int count) {
        for (int i = 0; i < count; i++) {
            String value = "value " + i;
            await().atMost(LONG)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> hosts.leader(group)
                                    .append(Batches.of(value), Acks.MAJORITY)
                                    .get()
                            instanceof AppendOutcome.Appended);
        }
    }
}
