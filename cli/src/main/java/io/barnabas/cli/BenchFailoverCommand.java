package io.barnabas.cli;

import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How long a partition is silent when its leader is killed. */
@Command(
        name = "failover",
        description = {
            "Kill the leader of a partition while records are sent steadily, and tell for how long none is acknowledged.",
            "Wait until all replicas are in sync again, and repeat. The commands run in a shell with the node's id in",
            "$NODE; that of --restart must return."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  barnabas bench failover --kills 10 --kill 'kill -9 $(cat my-cluster/node-$NODE/node.pid)' \\",
            "      --restart 'barnabas quorum bootstrap --local 3 --dir my-cluster'"
        })
final class BenchFailoverCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private BenchReport report;

    @Option(names = "--kill", paramLabel = "COMMAND", required = true, description = "What kills node $NODE.")
    private String kill;

    @Option(names = "--restart", paramLabel = "COMMAND", required = true, description = "What starts it again.")
    private String restart;

    @Option(
            names = "--kills",
            paramLabel = "N",
            defaultValue = "5",
            description = "How often (default: ${DEFAULT-VALUE}).")
    private int kills;

    @Option(
            names = "--interval",
            paramLabel = "MS",
            defaultValue = "5",
            description = "Time between two records (default: ${DEFAULT-VALUE}).")
    private int intervalMs;

    @Option(
            names = "--calm",
            paramLabel = "TIME",
            defaultValue = "2s",
            converter = Durations.Converter.class,
            description = "Time in sync before a kill, and watched after it (default: ${DEFAULT-VALUE}).")
    private Duration calm;

    @Override
    public void run() {
        if (kills < 1 || intervalMs < 1) {
            throw new ParameterException(spec.commandLine(), "--kills and --interval begin at 1");
        }
        NodeFaults faults = new NodeFaults() {
            @Override
            public void kill(int node) {
                shell("--kill", kill, node);
            }

            @Override
            public void restart(int node) {
                shell("--restart", restart, node);
            }
        };
        FailoverBench.Settings settings = new FailoverBench.Settings(kills, Duration.ofMillis(intervalMs), calm);
        report.tell(spec.commandLine().getOut(), new FailoverBench(cluster, faults, settings).run());
    }

    private static void shell(String option, String line, int node) {
        ProcessBuilder command = new ProcessBuilder("sh", "-c", line)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        command.environment().put("NODE", Integer.toString(node));
        try {
            int code = command.start().waitFor();
            if (code != 0) {
                throw new CommandFailedException("the command of " + option + " failed with exit code " + code);
            }
        } catch (IOException e) {
            throw new CommandFailedException("cannot run the command of " + option + ": " + Failures.line(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
    }
}
