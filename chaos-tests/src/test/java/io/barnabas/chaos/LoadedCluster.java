package io.barnabas.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.chaos.rules.Promises;
import io.barnabas.chaos.rules.check.Examination;
import io.barnabas.chaos.rules.check.Judgement;
import io.barnabas.chaos.rules.check.Report;
import io.barnabas.chaos.rules.check.Unavailability;
import io.barnabas.chaos.rules.check.Violation;
import io.barnabas.chaos.run.Recorder;
import io.barnabas.chaos.run.load.LoadContext;
import io.barnabas.chaos.run.load.RecordLoad;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;

/**
 * Three nodes under an idempotent acks=all load that a consumer follows, while faults befall them. Then two more
 * consumers read every record back, and the whole run is held against all promises.
 */
final class LoadedCluster {

    static final int NODES = 3;
    private static final RecordLoad.Shape SHAPE = RecordLoad.Shape.plain("chaos", 4, 1, Duration.ofMillis(2));
    private static final int RECORDS_BETWEEN_FAULTS = 1_000;
    private static final long UNAVAILABLE_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long GRACE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long MAX_STEPS = 1_000_000;
    private static final Duration READING_TIMEOUT = Duration.ofSeconds(60);

    private final BackgroundCluster nodes;
    private final Recorder recorder;
    private final RecordLoad load;
    private final long seed;

    private LoadedCluster(BackgroundCluster nodes, Recorder recorder, RecordLoad load, long seed) {
        this.nodes = nodes;
        this.recorder = recorder;
        this.load = load;
        this.seed = seed;
    }

    /** What befalls the nodes. */
    @FunctionalInterface
    interface Faults {
        void cause(LoadedCluster cluster) throws Exception;
    }

    /** One fault of one node. */
    @FunctionalInterface
    interface NodeFault {
        void befall(BackgroundCluster nodes, int id) throws Exception;
    }

    /** Asserts that every promise is kept. A run is repeated by {@code -Dseed}, as far as its clients' timing allows. */
    static void assertPromisesKept(Path directory, String scenario, Faults faults) throws Exception {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        System.out.println(scenario + ": seed " + seed);
        Recorder recorder = new Recorder(System::nanoTime);
        recorder.started(scenario, seed, NODES, System.currentTimeMillis());
        try (BackgroundCluster nodes = new BackgroundCluster(directory, NODES)) {
            LoadContext context = new LoadContext(recorder, nodes.bootstrap(), seed);
            try (RecordLoad load = new RecordLoad(context, SHAPE)) {
                try (Admin admin = Admin.create(Map.of("bootstrap.servers", nodes.bootstrap()))) {
                    load.prepare(admin);
                }
                load.start();
                LoadedCluster cluster = new LoadedCluster(nodes, recorder, load, seed);
                cluster.awaitAcknowledgements();
                faults.cause(cluster);
                cluster.awaitAcknowledgements();
                load.stop();
                assertThat(load.givenUp()).as("%s, seed %s", scenario, seed).isZero();
                load.readBack(READING_TIMEOUT);
            }
        }
        assertKept(recorder, scenario + ", seed " + seed);
    }

    private static void assertKept(Recorder recorder, String run) {
        Report report = Examination.of(
                recorder.history(), Promises.all(GRACE_NS, MAX_STEPS), new Unavailability(UNAVAILABLE_NS));
        System.out.println(report.verdict());
        assertThat(report.judgements().stream()
                        .flatMap(judgement -> judgement.violations().stream())
                        .map(LoadedCluster::inWords))
                .as(run)
                .isEmpty();
        assertThat(report.judgements()).as(run).allMatch(Judgement::passed);
        assertThat(report.operations()).as(run).isGreaterThan(RECORDS_BETWEEN_FAULTS);
    }

    private static String inWords(Violation violation) {
        return violation.what()
                + violation.proof().stream().map(event -> "\n    " + event).collect(Collectors.joining());
    }

    /** Lets something befall each node in turn, and end again, with writes before, meanwhile and after. */
    void eachNode(String kind, NodeFault begin, NodeFault end) throws Exception {
        List<Integer> order =
                new ArrayList<>(IntStream.rangeClosed(1, NODES).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        for (int victim : order) {
            long fault = recorder.faultBegins(kind, List.of("node " + victim));
            begin.befall(nodes, victim);
            awaitAcknowledgements();
            end.befall(nodes, victim);
            recorder.faultEnds(fault);
            awaitAcknowledgements();
        }
    }

    private void awaitAcknowledgements() {
        long until = load.acknowledged() + RECORDS_BETWEEN_FAULTS;
        Awaitility.await().atMost(Duration.ofSeconds(90)).until(() -> load.acknowledged() >= until);
    }
}
