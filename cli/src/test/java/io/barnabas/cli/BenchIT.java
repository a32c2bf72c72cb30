package io.barnabas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.barnabas.cli.rules.bench.Comparison;
import io.barnabas.cli.rules.bench.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each measurement, tiny, on a cluster of three real nodes. */
class BenchIT {

    @TempDir
    private static Path scratch;

    private static LocalCluster cluster;

    @BeforeAll
    static void start() {
        int port = FreePorts.run(25_000 + (int) (ProcessHandle.current().pid() % 5_000), 3)
                .orElseThrow();
        cluster = LocalCluster.create(scratch.resolve("cluster"), 3, port);
        new ClusterStart(cluster).run();
    }

    @AfterAll
    static void killAll() {
        cluster.nodes().forEach(LocalNode::kill);
    }

    private static String pids() {
        return cluster.nodes().stream()
                .map(node -> Long.toString(node.process().orElseThrow().pid()))
                .collect(Collectors.joining(","));
    }

    /** Runs a measurement here, which is quicker than a process each; the figures by name and unit. */
    private static Map<String, Double> bench(String... arguments) throws IOException {
        Path json = scratch.resolve("figures.json");
        Path html = scratch.resolve("page.html");
        List<String> line = new ArrayList<>(List.of("bench"));
        line.addAll(List.of(arguments));
        line.addAll(List.of("--bootstrap-server", cluster.bootstrap(), "--json", json.toString()));
        line.addAll(List.of("--html", html.toString()));

        Run run = Run.of(line.toArray(String[]::new));

        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isZero();
        JsonNode tree = new ObjectMapper().readTree(json.toFile());
        assertThat(run.out()).contains(tree.get("figures").get(0).get("name").asText());
        assertThat(html).content().contains("<table>", "bench: " + arguments[0]);
        return tree.get("figures")
                .valueStream()
                .collect(Collectors.toMap(
                        figure -> figure.get("name").asText() + " "
                                + figure.get("unit").asText(),
                        figure -> figure.get("value").asDouble()));
    }

    @Test
    void produceTellsThroughputLatencyAndWhatTheNodesUsed() throws Exception {
        Map<String, Double> figures = bench(
                "produce",
                "--records",
                "2001",
                "--producers",
                "2",
                "--warm-up",
                "0",
                "--partitions",
                "2",
                "--pids",
                pids());

        assertThat(figures.get("throughput MB/s") * 1e6 * figures.get("time s")).isBetween(2_000_900.0, 2_001_100.0);
        assertThat(figures.get("acknowledgement p50 ms")).isBetween(0.001, figures.get("acknowledgement max ms"));
        assertThat(figures.get("threads of the nodes ")).isGreaterThan(30);
        assertThat(figures.get("memory of the nodes MB")).isGreaterThan(100);
        assertThat(figures.get("CPU of the nodes s/GB")).isGreaterThan(0);
    }

    @Test
    void produceKeepsToARate() throws Exception {
        Map<String, Double> figures = bench("produce", "--records", "300", "--throughput", "200", "--warm-up", "0");

        assertThat(figures.get("records records/s")).isLessThanOrEqualTo(205);
    }

    @Test
    void consumeReadsAllOfATopicThatStays() throws Exception {
        Map<String, Double> figures = bench(
                "consume", "--topic", "kept", "--fill", "500", "--partitions", "2", "--consumers", "2", "--scans", "2");
        Map<String, Double> again = bench("consume", "--topic", "kept", "--warm-up", "0", "--scans", "1");

        assertThat(figures.get("records records/s") * figures.get("time s")).isBetween(999.9, 1_000.1);
        assertThat(again.get("records records/s") * again.get("time s")).isBetween(499.9, 500.1);
        assertThat(Run.of("topic", "list", "--bootstrap-server", cluster.bootstrap())
                        .out())
                .contains("kept")
                .doesNotContain("bench-");
    }

    @Test
    void endToEndReceivesEveryRecordOnce() throws Exception {
        Map<String, Double> figures = bench("end-to-end", "--rate", "100", "--seconds", "2", "--warm-up", "1");

        assertThat(figures.get("received records")).isEqualTo(200);
        assertThat(figures.get("received twice records")).isZero();
        assertThat(figures.get("end to end p50 ms")).isGreaterThan(0);
    }

    @Test
    void partitionsAreMadeWrittenAndLeftAlone() throws Exception {
        Map<String, Double> figures = bench("partitions", "--partitions", "5", "--rest", "1s", "--pids", pids());

        assertThat(figures.get("created and written s")).isGreaterThan(figures.get("created s"));
        assertThat(figures.get("at rest: CPU of the nodes cores")).isBetween(0.0, 64.0);
    }

    @Test
    void mixedTimesRecordsBesideTheBacklog() throws Exception {
        Map<String, Double> figures = bench(
                "mixed", "--fill", "1000", "--rate", "100", "--seconds", "1", "--warm-up", "0", "--partitions", "2");

        assertThat(figures.get("records records/s")).isGreaterThan(1);
        assertThat(figures.get("end to end p50 ms")).isGreaterThan(0);
        assertThat(figures.get("acknowledgement p50 ms")).isGreaterThan(0);
    }

    @Test
    void failoverKillsALeaderAndBringsItBack() throws Exception {
        String restart =
                Shell.home().resolve("bin/barnabas") + " quorum bootstrap --local 3 --dir " + cluster.directory();
        String before = pids();

        Map<String, Double> figures = bench(
                "failover",
                "--kills",
                "1",
                "--calm",
                "1s",
                "--kill",
                "kill -9 $(cat " + cluster.directory() + "/node-$NODE/node.pid)",
                "--restart",
                restart);

        assertThat(figures.get("longest silence max ms")).isBetween(1.0, 60_000.0);
        assertThat(figures.get("not acknowledged records")).isZero();
        assertThat(pids()).isNotEqualTo(before);
    }

    @Test
    void aComparisonGoesOnWhenOneSystemFailsAndLeavesNothingBehind() throws Exception {
        Path directory = Files.createDirectory(scratch.resolve("compare"));
        List<Workload> workloads =
                Workload.parseAll(List.of("start", "produce:records=500:warm-up=0"), List.of(), List.of(), Map.of());
        StringWriter progress = new StringWriter();

        Comparison comparison = new CompareRun(
                        new Stillborn(),
                        new BarnabasSystem(Map.of("log.flush", "async")),
                        new CompareRun.Settings(1, workloads, directory, 24_300, false, Map.of()),
                        new PrintWriter(progress))
                .run(part -> {});

        assertThat(comparison.failures()).singleElement().asString().contains("round 1, Stillborn", "stopped; see");
        assertThat(comparison.runs())
                .extracting(run -> run.system() + " " + run.measurement().workload())
                .containsExactly("Barnabas start", "Barnabas produce:records=500:warm-up=0");
        assertThat(directory).doesNotExist();
        assertThat(ProcessHandle.current().descendants())
                .noneMatch(process -> process.info().commandLine().orElse("").contains(directory.toString()));
        assertThat(progress.toString()).contains("Barnabas, start: from nothing to serving");
    }

    /** A system whose nodes end as soon as they begin. */
    private static final class Stillborn implements ComparedSystem {

        @Override
        public String name() {
            return "Stillborn";
        }

        @Override
        public Layout layOut(Path directory, List<Integer> ports) {
            try {
                Files.createDirectory(directory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new Layout() {
                @Override
                public ProcessHandle launch(int node) {
                    try {
                        return new ProcessBuilder("false").start().toHandle();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }

                @Override
                public Path log(int node) {
                    return directory;
                }
            };
        }
    }
}
