package io.barnabas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Help, exit codes and one-line errors, the same for all commands. */
class BarnabasTest {

    static List<List<String>> allCommands() {
        List<List<String>> found = new ArrayList<>();
        collect(Barnabas.commandLine(), List.of(), found);
        return found;
    }

    private static void collect(CommandLine command, List<String> path, List<List<String>> found) {
        found.add(path);
        command.getSubcommands().forEach((name, child) -> {
            List<String> below = new ArrayList<>(path);
            below.add(name);
            collect(child, below, found);
        });
    }

    @ParameterizedTest
    @MethodSource("allCommands")
    void everyCommandExplainsItselfWithExamples(List<String> path) {
        List<String> arguments = new ArrayList<>(path);
        arguments.add("--help");

        Run run = Run.of(arguments.toArray(String[]::new));

        assertThat(run.exit()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("Usage: barnabas");
        boolean group = Barnabas.commandLine().getSubcommands().containsKey(path.isEmpty() ? "" : path.getFirst())
                && path.size() == 1
                && !Barnabas.commandLine()
                        .getSubcommands()
                        .get(path.getFirst())
                        .getSubcommands()
                        .isEmpty();
        if (!group) {
            assertThat(run.out()).containsPattern("Examples?:").contains("barnabas ");
        }
    }

    @Test
    void thereAreTheCommandsThatTheManualNames() {
        assertThat(allCommands().stream().map(path -> String.join(" ", path)))
                .contains(
                        "demo",
                        "quorum bootstrap",
                        "quorum stop",
                        "quorum status",
                        "quorum format",
                        "node start",
                        "node list",
                        "node describe",
                        "topic create",
                        "topic list",
                        "topic describe",
                        "topic delete",
                        "topic add-partitions",
                        "produce",
                        "consume",
                        "group list",
                        "group describe",
                        "group lag",
                        "group reset-offsets",
                        "group delete",
                        "partition tail",
                        "partition describe",
                        "log dump",
                        "log verify",
                        "completion");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "topic",
                "tpoic list",
                "topic create",
                "topic create a --partitions many",
                "topic list --output xml",
                "topic add-partitions a",
                "partition tail a:b",
                "partition tail a --from yesterday",
                "partition tail a --max",
                "produce",
                "produce a --acks 2",
                "produce a --compression rar",
                "produce a --timestamp-field t --timestamp-format bogus",
                "quorum bootstrap --local 0 --dir d",
                "quorum bootstrap --local 3",
                "quorum bootstrap --local 3 --dir d --port 70000",
                "quorum format --config f --cluster-id short",
                "node start",
                "node describe one",
                "group",
                "group lag",
                "group lag g --window soon",
                "group reset-offsets g",
                "group reset-offsets g --to-latest --to-earliest",
                "group reset-offsets g --to-datetime end",
                "consume t",
                "consume t --group g --from beginning"
            })
    void wrongUseIsOneLineAndPointsToTheHelp(String line) {
        Run run = Run.of(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        List<String> lines = run.err().lines().toList();
        assertThat(lines.getFirst()).startsWith("barnabas: ");
        assertThat(lines.getLast()).matches("See 'barnabas[a-z -]* --help'\\.");
        // Between the two, at most one suggestion for a misspelt word.
        assertThat(lines).hasSizeBetween(2, 3);
    }

    @Test
    void aMisspeltCommandIsAnsweredWithTheNearest() {
        assertThat(Run.of("tpoic", "list").err()).contains("topic");
    }

    @Test
    @Timeout(10)
    void anUnreachableClusterIsNamedAtOnceWithWhatToDo() throws IOException {
        String nobody = "127.0.0.1:" + closedPort();
        long start = System.nanoTime();

        for (String line : List.of(
                "topic list", "produce orders", "partition tail orders", "group list", "node list", "quorum status")) {
            List<String> arguments = new ArrayList<>(List.of(line.split(" ")));
            arguments.addAll(List.of("--bootstrap-server", nobody));
            Run run = Run.of(arguments.toArray(String[]::new));

            assertThat(run.exit()).as(line).isEqualTo(1);
            assertThat(run.err().lines())
                    .as(line)
                    .singleElement()
                    .asString()
                    .contains(nobody, "barnabas quorum bootstrap --local 3", "--bootstrap-server");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void theStackTraceIsShownOnDemandOnly(@TempDir Path directory) {
        String missing = directory.resolve("none").toString();

        assertThat(Run.of("quorum", "stop", "--dir", missing).err().lines()).hasSize(1);
        Run verbose = Run.of("quorum", "stop", "--dir", missing, "--verbose");
        assertThat(verbose.exit()).isEqualTo(1);
        assertThat(verbose.err()).contains("\tat io.barnabas.cli.QuorumStopCommand");
    }

    @Test
    void theBootstrapServerIsCheckedBeforeAnythingIsSent() {
        Run run = Run.of("topic", "list", "--bootstrap-server", "no-port");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err().lines()).singleElement().asString().contains("no-port");
    }

    @Test
    void completionKnowsTheCommands() {
        Run run = Run.of("completion");

        assertThat(run.exit()).isZero();
        assertThat(run.out()).contains("bootstrap", "add-partitions", "--replication-factor", "complete -F");
    }

    @Test
    void nodesAreStartedFromADistributionOnly(@TempDir Path directory) throws IOException {
        int port = FreePorts.run(closedPort(), 1).orElseThrow();
        Run run = Run.of(
                "quorum",
                "bootstrap",
                "--local",
                "1",
                "--dir",
                directory.toString(),
                "--port",
                Integer.toString(Math.min(port, 50_000)));

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err().lines()).singleElement().asString().contains("distribution");
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
