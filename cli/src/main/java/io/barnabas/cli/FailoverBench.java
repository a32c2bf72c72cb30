package io.barnabas.cli;

import io.barnabas.cli.rules.bench.Figure;
import io.barnabas.cli.rules.bench.Measurement;
import io.barnabas.cli.rules.bench.Sample;
import io.barnabas.cli.rules.bench.Series;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;

/** For how long a partition acknowledges nothing when its leader is killed, again and again. */
final class FailoverBench {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final long POLL_MS = 50;
    private static final int ANSWER_MS = 3_000;
    private static final double MEGA = 1e6;
    private static final long SEED = 11;

    private final ClusterClient cluster;
    private final NodeFaults faults;
    private final Settings settings;
    private final List<Double> afterKill = new ArrayList<>();
    private final List<Double> afterRestart = new ArrayList<>();

    /**
     * How to go about it.
     *
     * @param kills how many leaders to kill, one after the other
     * @param interval between two records of the probe
     * @param calm how long all replicas have been in sync before a kill, and how long to watch after it
     */
    record Settings(int kills, Duration interval, Duration calm) {}

    FailoverBench(ClusterClient cluster, NodeFaults faults, Settings settings) {
        this.cluster = cluster;
        this.faults = faults;
        this.settings = settings;
    }

    Measurement run() {
        // Kills fall at any moment between two beats of whatever beats in the cluster.
        SplittableRandom random = new SplittableRandom(SEED);
        try (BenchTopic topic = new BenchTopic(cluster, 1, (short) 3);
                Admin admin = cluster.admin();
                SilenceProbe probe = new SilenceProbe(cluster, topic, settings.interval())) {
            await("the topic to be in sync", () -> isInSync(admin, topic));
            await("the first records", () -> probe.acknowledged() > 0);
            for (int i = 0; i < settings.kills(); i++) {
                pause(settings.calm().plusMillis(random.nextLong(1_000)));
                int leader = partition(admin, topic).leader().id();
                probe.forget();
                faults.kill(leader);
                probe.awaitNew(PATIENCE);
                pause(settings.calm());
                afterKill.add(probe.longestNanos() / MEGA);
                probe.forget();
                faults.restart(leader);
                await("node " + leader + " to be in sync again", () -> isInSync(admin, topic));
                afterRestart.add(probe.longestNanos() / MEGA);
            }
            return measurement(probe.finish());
        }
    }

    private Measurement measurement(SilenceProbe.Counts counts) {
        Sample kills = new Sample(afterKill);
        Sample restarts = new Sample(afterRestart);
        Map<String, String> shown = new LinkedHashMap<>();
        shown.put("kills", Integer.toString(settings.kills()));
        shown.put("a record each", settings.interval().toMillis() + " ms");
        return new Measurement(
                "failover",
                shown,
                List.of(
                        Figure.low("longest silence p50", "ms", kills.percentile(50)),
                        Figure.low("longest silence p99", "ms", kills.percentile(99)),
                        Figure.low("longest silence max", "ms", kills.highest()),
                        Figure.low("silence while a node comes back p50", "ms", restarts.percentile(50)),
                        Figure.low("silence while a node comes back max", "ms", restarts.highest()),
                        Figure.plain("acknowledged", "records", counts.acknowledged()),
                        Figure.low("not acknowledged", "records", counts.failed())),
                List.of(),
                List.of(new Series("longest silence", "ms", "kill", afterKill)));
    }

    private static boolean isInSync(Admin admin, BenchTopic topic) {
        try {
            TopicPartitionInfo partition = admin.describeTopics(List.of(topic.name()))
                    .topicNameValues()
                    .get(topic.name())
                    .get(ANSWER_MS, TimeUnit.MILLISECONDS)
                    .partitions()
                    .getFirst();
            Node leader = partition.leader();
            return leader != null
                    && !leader.isEmpty()
                    && partition.isr().size() == partition.replicas().size();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    private TopicPartitionInfo partition(Admin admin, BenchTopic topic) {
        return cluster.get(admin.describeTopics(List.of(topic.name()))
                        .topicNameValues()
                        .get(topic.name()))
                .partitions()
                .getFirst();
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new CommandFailedException("waited " + PATIENCE.toSeconds() + " s in vain for " + what);
            }
            pause(Duration.ofMillis(POLL_MS));
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
    }
}
