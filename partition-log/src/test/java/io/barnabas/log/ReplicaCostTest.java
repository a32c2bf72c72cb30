package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.barnabas.log.PartitionReplica.Acks;
import io.barnabas.log.segment.CountingFiles;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What each replica adds to a node, counted, so that it does not grow unseen: a node has thousands. */
@Timeout(60)
class ReplicaCostTest {

    private static final int REPLICAS = 20;
    private static final Path OPEN_FILES = Path.of("/proc/self/fd");

    @TempDir
    Path directory;

    @Test
    void anEmptyLogIsNotWaitedForAndAFirstRecordTwice() throws Exception {
        CountingFiles files = new CountingFiles();
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.SYNC, id -> files)) {
            // The directory itself was tried.
            int before = files.fileSyncs();
            List<UUID> groups = create(hosts);
            assertThat(files.fileSyncs()).isEqualTo(before);
            assertThat(files.directorySyncs()).isZero();

            for (UUID group : groups) {
                AppendOutcome outcome = hosts.leader(group)
                        .append(Batches.of("a"), Acks.MAJORITY)
                        .get(20, TimeUnit.SECONDS);
                assertThat(outcome).isInstanceOf(AppendOutcome.Appended.class);
            }
            assertThat(files.fileSyncs()).isEqualTo(before + REPLICAS);
            assertThat(files.directorySyncs()).isEqualTo(REPLICAS);
        }
    }

    @Test
    void aReplicaHasThreeOpenFilesAndFiveThreads() throws Exception {
        assumeThat(OPEN_FILES).isDirectory();
        try (LocalHosts hosts = new LocalHosts(directory, 1, FlushMode.SYNC)) {
            hosts.leader(hosts.create("first", LogConfig.DEFAULT));
            int threads = threads();
            long files = openFiles();
            create(hosts);
            assertThat(openFiles() - files).isLessThanOrEqualTo(3L * REPLICAS);
            assertThat(threads() - threads).isLessThanOrEqualTo(5 * REPLICAS + 5);
        }
    }

    private static List<UUID> create(LocalHosts hosts) {
        List<UUID> groups = new ArrayList<>();
        for (int i = 0; i < REPLICAS; i++) {
            groups.add(hosts.create("t-" + i, LogConfig.DEFAULT));
        }
        groups.forEach(hosts::leader);
        return groups;
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    private long openFiles() throws IOException {
        Path real = directory.toRealPath();
        try (Stream<Path> open = Files.list(OPEN_FILES)) {
            return open.filter(file -> leadsTo(file, real)).count();
        }
    }

    private static boolean leadsTo(Path file, Path directory) {
        try {
            return Files.readSymbolicLink(file).startsWith(directory);
        } catch (IOException e) {
            // Closed since it was listed.
            return false;
        }
    }
}
