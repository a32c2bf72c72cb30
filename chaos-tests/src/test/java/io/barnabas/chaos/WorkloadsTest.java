package io.barnabas.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.chaos.report.ReportPage;
import io.barnabas.chaos.rules.Promises;
import io.barnabas.chaos.rules.check.Examination;
import io.barnabas.chaos.rules.check.Judgement;
import io.barnabas.chaos.rules.check.Report;
import io.barnabas.chaos.rules.check.Unavailability;
import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.History;
import io.barnabas.chaos.rules.history.Result;
import io.barnabas.chaos.run.Journal;
import io.barnabas.chaos.run.Recorder;
import io.barnabas.chaos.run.load.LoadContext;
import io.barnabas.chaos.run.load.Workload;
import io.barnabas.chaos.run.load.Workloads;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each workload without faults: it does what it says, all of it succeeds, and every promise is kept. */
@Timeout(240)
class WorkloadsTest {

    private static final Duration READING_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long GRACE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long MAX_STEPS = 1_000_000;
    private static final long UNAVAILABLE_NS = TimeUnit.SECONDS.toNanos(1);

    @TempDir
    static Path directory;

    private static BackgroundCluster nodes;

    @BeforeAll
    static void startNodes() throws Exception {
        nodes = new BackgroundCluster(directory.resolve("nodes"), 3);
    }

    @AfterAll
    static void stopNodes() throws Exception {
        nodes.close();
    }

    /**
     * Runs a workload until so many changes were acknowledged.
     *
     * @param calls that have to be recorded
     * @param tried promises that have to have been looked at
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            produce     | 400 | ListOffsets Poll Send | nothing acknowledged by all is lost
            leader-acks | 200 | ListOffsets Poll Send | what a leader acknowledged is lost with the leader only
            compacted   | 200 | ListOffsets Poll Send | nothing acknowledged by all is lost
            trimmed     | 300 | ListOffsets Poll Send | ListOffsets answers right
            registers   | 150 | RegisterRead RegisterWrite | a register returns what was last written
            groups      | 400 | Commit Committed Poll Send | a committed offset never moves back
            topics      | 15  | CreateTopic DeleteTopic Describe SetConfig | metadata is as it was last changed
            """)
    void aWorkloadKeepsEveryPromiseWithoutFaults(String name, int acknowledgements, String calls, String tried)
            throws Exception {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        System.out.println(name + ": seed " + seed);
        Path file = directory.resolve(name + ".jsonl");
        try (Journal journal = new Journal(file)) {
            Recorder recorder = new Recorder(System::nanoTime, journal);
            recorder.started(name, seed, 3, System.currentTimeMillis());
            run(Workloads.named(name, new LoadContext(recorder, nodes.bootstrap(), seed)), acknowledgements);
        }
        History history = Journal.of(file);
        Report report = Examination.of(history, Promises.all(GRACE_NS, MAX_STEPS), new Unavailability(UNAVAILABLE_NS));
        System.out.println(report.verdict());
        ReportPage.write(history, report, directory.resolve(name + ".html"));
        assertThat(report.judgements().stream().flatMap(judgement -> judgement.violations().stream()))
                .as("%s, seed %s", name, seed)
                .isEmpty();
        assertThat(report.judgements()).as("%s, seed %s", name, seed).allMatch(Judgement::passed);
        assertThat(report.judgements())
                .filteredOn(judgement -> judgement.promise().equals(tried))
                .singleElement()
                .satisfies(judgement -> assertThat(judgement.checked()).isPositive());
        assertThat(successes(history)).containsExactly(calls.split(" "));
        assertThat(isTrimmed(history)).isEqualTo(name.equals("trimmed"));
        assertThat(directory.resolve(name + ".html")).content().contains("Passed");
    }

    @Test
    void aNameThatIsNotInTheCatalogueIsRefusedWithThoseThatAre() {
        LoadContext context = new LoadContext(new Recorder(System::nanoTime), nodes.bootstrap(), 1);
        assertThatThrownBy(() -> Workloads.named("nonsense", context))
                .hasMessageContaining("\"nonsense\"")
                .hasMessageContaining("leader-acks");
        assertThat(Workloads.all(context)).extracting(Workload::name).containsExactlyElementsOf(Workloads.names());
    }

    private static void run(Workload load, int acknowledgements) throws Exception {
        try (load;
                Admin admin = Admin.create(Map.of("bootstrap.servers", nodes.bootstrap()))) {
            load.prepare(admin);
            load.start();
            Awaitility.await(load.name()).atMost(PATIENCE).until(() -> load.acknowledged() >= acknowledgements);
            load.stop();
            load.readBack(READING_TIMEOUT);
            assertThat(load.operations()).isGreaterThan(acknowledgements);
        }
    }

    /** Whether somebody was told that a partition no longer begins at its beginning. */
    private static boolean isTrimmed(History history) {
        Set<Long> questions = new HashSet<>();
        boolean isTrimmed = false;
        for (Event event : history) {
            switch (event) {
                case Event.Invocation invocation
                when invocation.call() instanceof Call.ListOffsets question
                        && question.timestamp() == Call.ListOffsets.EARLIEST -> questions.add(invocation.operation());
                case Event.Completion(long time, long operation, Result.Ok(Answer.FoundOffset found)) ->
                    isTrimmed |= questions.contains(operation) && found.offset() > 0;
                default -> {}
            }
        }
        return isTrimmed;
    }

    /** The kinds of calls of which at least one succeeded. */
    private static Set<String> successes(History history) {
        Map<Long, Call> calls = new HashMap<>();
        Set<String> kinds = new TreeSet<>();
        for (Event event : history) {
            switch (event) {
                case Event.Invocation invocation -> calls.put(invocation.operation(), invocation.call());
                case Event.Completion(long time, long operation, Result.Ok ok) ->
                    kinds.add(calls.get(operation).getClass().getSimpleName());
                default -> {}
            }
        }
        return kinds;
    }
}
