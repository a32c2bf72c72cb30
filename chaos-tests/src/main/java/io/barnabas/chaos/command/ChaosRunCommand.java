package io.barnabas.chaos.command;

import io.barnabas.chaos.cluster.HostRights;
import io.barnabas.chaos.report.ReportPage;
import io.barnabas.chaos.run.ChaosRun;
import io.barnabas.chaos.run.Journal;
import io.barnabas.cli.ChaosSubcommand;
import io.barnabas.cli.CommandFailedException;
import io.barnabas.cli.Durations;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs scenarios. */
@Command(
        name = "run",
        description = {
            "Start a cluster on this machine, let faults befall it under load, and check every promise.",
            "As root, or where user namespaces are allowed, each node has a network of its own, so that links can be cut",
            "too. Exit code 1 when a promise was broken or the cluster did not come back."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  barnabas chaos run --duration 10m",
            "  barnabas chaos run --scenario kill-leader,isolate-leader --duration 2m --seed 42",
            "  barnabas chaos run --scenario storm --nodes 5",
            "  barnabas chaos run --scenario power-loss-all --duration 30s --node-config log.flush=async"
        })
public final class ChaosRunCommand implements ChaosSubcommand {

    private static final int SEEDS = 1_000_000;
    private static final Duration SHORTEST = Duration.ofSeconds(20);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--scenario",
            paramLabel = "NAME[,NAME]...",
            defaultValue = "all",
            converter = ScenarioChoice.Converter.class,
            description = "Scenarios that share the duration, or all (default: ${DEFAULT-VALUE}).")
    private ScenarioChoice scenario;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "10m",
            converter = Durations.Converter.class,
            description = "For how long, such as 90s or 10m (default: ${DEFAULT-VALUE}).")
    private Duration duration;

    @Option(names = "--seed", paramLabel = "N", description = "Repeats the plan of that seed (default: a new one).")
    private Long seed;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "3",
            description = "3 or 5 (default: ${DEFAULT-VALUE}).")
    private int nodes;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "For the journal and the nodes' logs (default: chaos-runs/SCENARIO-SEED).")
    private Path directory;

    @Option(
            names = "--node-config",
            paramLabel = "KEY=VALUE",
            description = "A setting of all nodes, such as log.flush=async; may be given several times.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--loopback", description = "All nodes on 127.0.0.1 even as root; no faults of links and disks.")
    private boolean loopback;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (nodes != 3 && nodes != 5) {
            throw new ParameterException(spec.commandLine(), "--nodes is 3 or 5, not " + nodes);
        }
        if (duration.compareTo(SHORTEST) < 0) {
            throw new ParameterException(spec.commandLine(), "--duration is " + SHORTEST.toSeconds() + "s or more");
        }
        if (!loopback && !HostRights.isRoot() && HostRights.mayBecomeRoot()) {
            return callAsRoot();
        }
        long number = seed == null ? new SplittableRandom().nextInt(SEEDS) : seed;
        Path home = Path.of(System.getProperty("barnabas.home", ""));
        Path directory = directory(number);
        PrintWriter out = spec.commandLine().getOut();
        out.println("seed " + number + ", journal " + ChaosRun.journal(directory));
        ChaosRun.Wish wish = new ChaosRun.Wish(
                home, directory, scenario.text(), scenario.scenarios(), duration, number, nodes, settings, !loopback);
        ChaosRun.Outcome outcome;
        try {
            outcome = new ChaosRun(wish, line -> {
                        out.println(line);
                        out.flush();
                    })
                    .run();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new CommandFailedException(e.getMessage(), e);
        }
        VerdictText.print(out, outcome.report());
        outcome.troubles().forEach(trouble -> out.println("trouble: " + trouble));
        Path page = directory.resolve("report.html");
        ReportPage.write(Journal.of(outcome.journal()), outcome.report(), repeat(number), page);
        out.println("journal: " + outcome.journal());
        out.println("report:  " + page);
        if (!outcome.passed()) {
            out.println("repeat:  " + repeat(number));
        }
        out.println((outcome.recovered() ? "" : "NOT RECOVERED, ") + VerdictText.line(outcome.report()));
        return outcome.passed() ? 0 : 1;
    }

    /** The same command again, as root of namespaces that end with it. */
    private int callAsRoot() throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("barnabas.home", ""), "bin", "barnabas")
                .toString());
        words.addAll(spec.root().commandLine().getParseResult().originalArgs());
        ProcessBuilder builder = new ProcessBuilder(HostRights.asRoot(words)).inheritIO();
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        // It ends its nodes when it is asked to end, and is not asked when only this process is.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process)));
        return process.waitFor();
    }

    private static void end(Process process) {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Path directory(long number) {
        if (directory != null) {
            return directory.toAbsolutePath();
        }
        Path wanted = Path.of("chaos-runs", scenario.text().replace(',', '+') + "-" + number)
                .toAbsolutePath();
        Path free = wanted;
        for (int i = 2; Files.exists(free); i++) {
            free = wanted.resolveSibling(wanted.getFileName() + "-" + i);
        }
        return free;
    }

    private String durationText() {
        return duration.toSeconds() + "s";
    }

    private String repeat(long number) {
        StringBuilder config = new StringBuilder();
        settings.forEach((key, value) ->
                config.append(" --node-config ").append(key).append('=').append(value));
        return "barnabas chaos run --scenario " + scenario.text() + " --duration " + durationText() + " --seed "
                + number + " --nodes " + nodes + config + (loopback ? " --loopback" : "");
    }
}
