package io.barnabas.cli;

import io.barnabas.cli.report.Numbers;
import io.barnabas.cli.rules.bench.ComparePlan;
import io.barnabas.cli.rules.bench.Comparison;
import io.barnabas.cli.rules.bench.Figure;
import io.barnabas.cli.rules.bench.Measurement;
import io.barnabas.cli.rules.bench.NodeUsage;
import io.barnabas.cli.rules.bench.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;

/** Two systems in turn, each with fresh nodes in every round, both with the same workloads in the same order. */
final class CompareRun {

    private static final int NODES = 3;
    private static final double NANOS = 1e9;

    private final ComparedSystem baseline;
    private final ComparedSystem candidate;
    private final Settings settings;
    private final PrintWriter progress;
    private final List<Comparison.Run> runs = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private Optional<ComparedCluster> running = Optional.empty();
    private boolean brokenOff;

    /**
     * What to do.
     *
     * @param directory where nodes keep their data, deleted after each turn unless {@code keep}
     * @param port the first node's client port, or the next free one
     * @param shown how both are set up, for the report
     */
    record Settings(
            int rounds, List<Workload> workloads, Path directory, int port, boolean keep, Map<String, String> shown) {}

    CompareRun(ComparedSystem baseline, ComparedSystem candidate, Settings settings, PrintWriter progress) {
        this.baseline = baseline;
        this.candidate = candidate;
        this.settings = settings;
        this.progress = progress;
    }

    /**
     * Runs everything.
     *
     * @param afterEach is given what there is after each workload, so that nothing is lost when the rest is broken off
     */
    Comparison run(Consumer<Comparison> afterEach) {
        Thread atExit = new Thread(this::breakOff, "bench-cleanup");
        Runtime.getRuntime().addShutdownHook(atExit);
        for (ComparePlan.Turn turn : ComparePlan.turns(settings.rounds(), List.of(baseline.name(), candidate.name()))) {
            if (isBrokenOff()) {
                // The hook runs, and cleans up.
                return comparison();
            }
            ComparedSystem system = turn.system().equals(baseline.name()) ? baseline : candidate;
            try {
                turn(turn, system, afterEach);
            } catch (CommandFailedException | KafkaException e) {
                failed(turn, "the nodes", e);
            }
        }
        Runtime.getRuntime().removeShutdownHook(atExit);
        if (!settings.keep()) {
            delete(settings.directory());
        }
        return comparison();
    }

    private synchronized boolean isBrokenOff() {
        return brokenOff;
    }

    /** No node outlives this process, however it ends, and no data stays that nobody asked to keep. */
    private void breakOff() {
        synchronized (this) {
            brokenOff = true;
            running.ifPresent(ComparedCluster::close);
        }
        if (!settings.keep()) {
            delete(settings.directory());
        }
    }

    private synchronized ComparedCluster open(ComparedSystem.Layout layout, List<Integer> ports) {
        if (brokenOff) {
            throw new CommandFailedException("interrupted");
        }
        ComparedCluster cluster = new ComparedCluster(layout, ports);
        running = Optional.of(cluster);
        return cluster;
    }

    private Comparison comparison() {
        return new Comparison(baseline.name(), candidate.name(), settings.shown(), runs, failures);
    }

    private void turn(ComparePlan.Turn turn, ComparedSystem system, Consumer<Comparison> afterEach) {
        Path directory = settings.directory()
                .resolve("round-" + turn.round() + "-" + turn.system().replace(' ', '-'));
        int first = FreePorts.run(settings.port(), NODES)
                .orElseThrow(() -> new CommandFailedException("found no free ports above " + settings.port()));
        List<Integer> ports = IntStream.range(first, first + NODES).boxed().toList();
        PageCache.writeOut();
        long begun = System.nanoTime();
        ComparedSystem.Layout layout = system.layOut(directory, ports);
        long formatted = System.nanoTime();
        try (ComparedCluster cluster = open(layout, ports)) {
            cluster.start();
            Measurement start = start(begun, formatted, System.nanoTime(), cluster.nodes());
            WorkloadRun run = new WorkloadRun(cluster);
            for (Workload workload : settings.workloads()) {
                try {
                    add(turn, workload.kind() == Workload.Kind.START ? start : run.run(workload));
                } catch (CommandFailedException | KafkaException e) {
                    failed(turn, workload.name(), e);
                }
                afterEach.accept(comparison());
            }
        } finally {
            if (!settings.keep()) {
                delete(directory);
            }
        }
    }

    private static Measurement start(long begun, long formatted, long serving, BenchNodes nodes) {
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.low("from nothing to serving", "s", (serving - begun) / NANOS));
        figures.add(Figure.low("formatting", "s", (formatted - begun) / NANOS));
        figures.add(Figure.low("starting", "s", (serving - formatted) / NANOS));
        figures.addAll(nodes.usage().since(NodeUsage.NONE));
        return new Measurement("start", Map.of("nodes", Integer.toString(NODES)), figures, List.of(), List.of());
    }

    private void add(ComparePlan.Turn turn, Measurement measurement) {
        runs.add(new Comparison.Run(turn.round(), turn.system(), measurement));
        Figure first = measurement.figures().getFirst();
        say(
                turn,
                measurement.workload() + ": " + first.name() + " " + Numbers.text(first.value()) + " " + first.unit());
    }

    private void failed(ComparePlan.Turn turn, String what, Exception failure) {
        String line = what + " failed: " + Failures.line(failure);
        failures.add("round " + turn.round() + ", " + turn.system() + ", " + line);
        say(turn, line);
    }

    private void say(ComparePlan.Turn turn, String line) {
        progress.printf("round %d of %d, %s, %s%n", turn.round(), settings.rounds(), turn.system(), line);
        progress.flush();
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new CommandFailedException("cannot delete " + directory + ": " + Failures.line(e), e);
        }
    }
}
