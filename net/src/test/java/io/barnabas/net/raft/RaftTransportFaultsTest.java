package io.barnabas.net.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Raft's promises on a network that loses, delays, repeats and swaps frames and cuts connections, by the dice: {@code
 * -Dseed=N} throws them again as they fell, {@code -Dseeds=N} runs as many in a row.
 */
class RaftTransportFaultsTest {

    private static final int SEEDS = 10;
    /** Most of a run is waiting. */
    private static final int AT_ONCE = Integer.getInteger("parallel", 5);

    private static final int SAMPLE_MS = 3;

    @TempDir
    Path directory;

    @Test
    void raftKeepsItsPromisesOnABadNetwork() throws Exception {
        String given = System.getProperty("seed", "").trim();
        long first = given.isEmpty() ? ThreadLocalRandom.current().nextLong(1L << 40) : Long.parseLong(given);
        int count = given.isEmpty() ? Integer.getInteger("seeds", SEEDS) : 1;
        System.out.println("seeds " + first + " to " + (first + count - 1) + " (replay one with -Dseed=N)");
        List<String> failed = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<String>> runs = LongStream.range(first, first + count)
                    .mapToObj(seed -> threads.submit(() -> run(seed)))
                    .toList();
            for (Future<String> run : runs) {
                String failure = run.get();
                if (!failure.isEmpty()) {
                    System.out.println(failure);
                    failed.add(failure);
                }
            }
        }
        assertThat(failed).isEmpty();
    }

    /** What is wrong with a seed; empty when nothing is. */
    private String run(long seed) {
        Violations violations = new Violations();
        List<String> deeds = new ArrayList<>();
        try {
            run(new SplittableRandom(seed), directory.resolve("seed" + seed), violations, deeds);
            violations.assertNone();
            return "";
        } catch (Exception | AssertionError e) {
            return "seed " + seed + " failed, replay with -Dseed=" + seed + "; faults " + deeds + ": " + trace(e);
        }
    }

    private static String trace(Throwable error) {
        StringWriter text = new StringWriter();
        error.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static void run(SplittableRandom random, Path directory, Violations violations, List<String> deeds)
            throws Exception {
        int nodes = random.nextInt(4) == 0 ? 5 : 3;
        int groups = random.nextInt(1, 4);
        boolean metadata = random.nextBoolean();
        FaultyNetwork network = new FaultyNetwork(random.split());
        try (LedgerCluster cluster = new LedgerCluster(
                                directory,
                                nodes,
                                groups,
                                network,
                                violations,
                                raft -> RaftServerConfigKeys.Log.setLogMetadataEnabled(raft, metadata))
                        .startAll();
                LedgerWriter writer = new LedgerWriter(cluster, random.split());
                ScheduledExecutorService clock = Executors.newScheduledThreadPool(2)) {
            long begun = System.nanoTime();
            LedgerChecks checks = new LedgerChecks(cluster, writer);
            clock.scheduleAtFixedRate(checks::sample, 0, SAMPLE_MS, TimeUnit.MILLISECONDS);
            checks.progress();
            var writes = clock.scheduleWithFixedDelay(writer::write, 0, 1, TimeUnit.MILLISECONDS);
            Nemesis nemesis = new Nemesis(cluster, random.split());
            nemesis.rage(random.nextInt(6, 11) * LedgerCluster.ELECTION_MS);
            deeds.addAll(nemesis.deeds());
            writes.cancel(false);
            checks.logsMatch();
            network.heal();
            checks.progress();
            checks.logsMatch();
            checks.nothingLost();
            clock.shutdownNow();
            System.out.println(directory.getFileName() + ": " + writer.acks().size() + " writes acknowledged, "
                    + (System.nanoTime() - begun) / 1_000_000 + " ms");
        } finally {
            if (Files.exists(directory)) {
                FileUtils.deleteFully(directory);
            }
        }
    }
}
