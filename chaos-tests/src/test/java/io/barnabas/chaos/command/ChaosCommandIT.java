package io.barnabas.chaos.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.chaos.rules.plan.Scenario;
import io.barnabas.chaos.rules.plan.Scenarios;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** {@code barnabas chaos} of the built distribution: a short run of it is what every build must stand. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ChaosCommandIT {

    private static final int SEEDS = 1_000_000;
    private static final List<String> SCENARIOS =
            List.of("power-loss-all", "freeze", "isolate-leader", "cut-one-way", "storm");

    /** Kept with journal and logs when a promise is broken. */
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    /** What the command said and how it ended. */
    private record Ended(int exit, List<String> lines) {}

    @Test
    void aRunOfTwoMinutesKeepsEveryPromiseAndItsJournalSaysSoAgain() throws Exception {
        String given = System.getProperty("seed", "");
        String seed = given.isEmpty() ? Integer.toString(new SplittableRandom().nextInt(SEEDS)) : given;

        Ended run = barnabas(
                "chaos",
                "run",
                "--scenario",
                String.join(",", SCENARIOS),
                "--duration",
                "2m",
                "--seed",
                seed,
                "--dir",
                directory.resolve("run").toString());

        run.lines().forEach(System.out::println);
        assertThat(run.exit()).as(String.join("\n", run.lines())).isZero();
        assertThat(run.lines().getLast()).startsWith("all promises kept: ");
        assertThat(run.lines()).as("all workloads did their part").noneMatch(line -> line.startsWith("not tried"));
        assertThat(run.lines())
                .as("faults that began; a scenario may lose its turn to one that took long")
                .filteredOn(line -> SCENARIOS.stream().anyMatch(name -> line.contains(name + ": ")))
                .hasSizeGreaterThan(SCENARIOS.size());

        Ended replay = barnabas(
                "chaos",
                "replay",
                "--journal",
                directory.resolve("run/journal.jsonl").toString());

        assertThat(replay.exit()).isZero();
        assertThat(replay.lines().getLast()).isEqualTo(run.lines().getLast());
    }

    @Test
    void aJournalThatShowsALossIsExitCodeOne() throws Exception {
        Path journal = directory.resolve("loss.jsonl");
        Files.writeString(journal, """
                {"event":"run","t":0,"scenario":"none","seed":1,"nodes":3,"wall":0}
                {"event":"invoke","t":1,"op":1,"client":1,"call":{"do":"send","p":"a-0","session":1,"seq":0,"v":7,\
                "key":-1,"acks":"ALL","idem":true}}
                {"event":"complete","t":2,"op":1,"result":{"is":"ok","answer":{"got":"sent","o":0}}}
                {"event":"invoke","t":3,"op":2,"client":2,"call":{"do":"poll","p":"a-0","at":0,"reading":"FINAL"}}
                {"event":"complete","t":4,"op":2,"result":{"is":"ok","answer":{"got":"polled","node":-1,"hw":0,\
                "start":0,"next":0,"records":{"o":[],"v":[],"ts":[]}}}}
                """);

        Ended replay = barnabas("chaos", "replay", "--journal", journal.toString());

        assertThat(replay.lines().getLast()).startsWith("BROKEN: ");
        assertThat(replay.exit()).isEqualTo(1);
    }

    @Test
    void theListNamesEveryScenarioAndWrongUseIsToldInOneLine() throws Exception {
        Ended list = barnabas("chaos", "list");

        assertThat(list.exit()).isZero();
        assertThat(list.lines())
                .hasSameSizeAs(Scenarios.all())
                .allSatisfy(line ->
                        assertThat(Scenarios.all().stream().map(Scenario::name)).contains(line.split(" ", 2)[0]));
        assertThat(barnabas("chaos", "run", "--scenario", "flood").exit()).isEqualTo(2);
        assertThat(barnabas("chaos", "replay", "--journal", "none").exit()).isEqualTo(1);
    }

    @Test
    void aSettingThatNodesRefuseIsTold() throws Exception {
        Ended run =
                barnabas("chaos", "run", "--duration", "20s", "--dir", "run", "--node-config", "num.partitions=many");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.lines()).last().asString().contains("num.partitions=many is refused");
    }

    private Ended barnabas(String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("barnabas.home"), "bin", "barnabas").toString()));
        line.addAll(List.of(words));
        Path said = Files.createTempFile(directory, "command", ".log");
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        try {
            return new Ended(process.waitFor(), Files.readAllLines(said));
        } finally {
            // SIGTERM, so that it takes its nodes with it.
            process.destroy();
        }
    }
}
