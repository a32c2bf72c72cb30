package io.barnabas.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.chaos.report.ReportPage;
import io.barnabas.chaos.rules.Promises;
import io.barnabas.chaos.rules.check.Examination;
import io.barnabas.chaos.rules.check.Judgement;
import io.barnabas.chaos.rules.check.Report;
import io.barnabas.chaos.rules.check.Unavailability;
import io.barnabas.chaos.rules.history.History;
import io.barnabas.chaos.run.Journal;
import io.barnabas.chaos.run.Recorder;
import io.barnabas.chaos.run.load.LoadContext;
import io.barnabas.chaos.run.load.Workload;
import io.barnabas.chaos.run.load.Workloads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All workloads at once bear a node that is killed and one that freezes, and every promise is kept. */
@Timeout(480)
class AllWorkloadsTest {

    private static final int NODES = 3;
    private static final Duration READING_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int PROGRESS = 20;
    private static final long GRACE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long MAX_STEPS = 1_000_000;
    private static final long UNAVAILABLE_NS = TimeUnit.MILLISECONDS.toNanos(500);

    @TempDir
    Path directory;

    @Test
    void everyPromiseIsKeptWhenOneNodeIsKilledAndOneFreezes() throws Exception {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        System.out.println("all workloads: seed " + seed);
        Path file = directory.resolve("run.jsonl");
        try (Journal journal = new Journal(file);
                BackgroundCluster nodes = new BackgroundCluster(directory.resolve("nodes"), NODES)) {
            Recorder recorder = new Recorder(System::nanoTime, journal);
            recorder.started("kill and freeze", seed, NODES, System.currentTimeMillis());
            run(nodes, recorder, seed);
        }
        History history = Journal.of(file);
        Report report = Examination.of(history, Promises.all(GRACE_NS, MAX_STEPS), new Unavailability(UNAVAILABLE_NS));
        System.out.println(report.verdict() + ", " + Files.size(file) / report.operations() + " bytes an operation");
        Path page = Path.of(
                System.getProperty("report", directory.resolve("report.html").toString()));
        ReportPage.write(history, report, page);
        assertThat(report.judgements().stream().flatMap(judgement -> judgement.violations().stream()))
                .as("seed %s", seed)
                .isEmpty();
        assertThat(report.judgements()).as("seed %s", seed).allMatch(Judgement::passed);
        assertThat(report.judgements()).as("seed %s", seed).allMatch(judgement -> judgement.checked() > 0);
        assertThat(page).content().contains("Passed", "kill node", "freeze node");
    }

    private static void run(BackgroundCluster nodes, Recorder recorder, long seed) throws Exception {
        List<Workload> loads = Workloads.all(new LoadContext(recorder, nodes.bootstrap(), seed));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", nodes.bootstrap()))) {
            for (Workload load : loads) {
                load.prepare(admin);
            }
            loads.forEach(Workload::start);
            awaitProgress(loads);
            int first = new Random(seed).nextInt(NODES);
            int killed = 1 + first;
            int frozen = 1 + (first + 1) % NODES;
            long kill = recorder.faultBegins("kill", List.of("node " + killed));
            nodes.kill(killed);
            awaitProgress(loads);
            nodes.start();
            recorder.faultEnds(kill);
            awaitProgress(loads);
            long freeze = recorder.faultBegins("freeze", List.of("node " + frozen));
            nodes.freeze(frozen);
            try {
                awaitProgress(loads);
            } finally {
                nodes.thaw(frozen);
            }
            recorder.faultEnds(freeze);
            awaitProgress(loads);
            for (Workload load : loads) {
                load.stop();
            }
            for (Workload load : loads) {
                load.readBack(READING_TIMEOUT);
            }
        } finally {
            loads.forEach(Workload::close);
        }
    }

    /** Waits until every workload got on. */
    private static void awaitProgress(List<Workload> loads) {
        Map<String, Long> wanted =
                loads.stream().collect(Collectors.toMap(Workload::name, load -> load.acknowledged() + PROGRESS));
        for (Workload load : loads) {
            Awaitility.await(load.name()).atMost(PATIENCE).until(() -> load.acknowledged() >= wanted.get(load.name()));
        }
    }
}
