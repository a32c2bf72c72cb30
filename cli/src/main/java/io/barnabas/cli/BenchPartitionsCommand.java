package io.barnabas.cli;

import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What many partitions cost. */
@Command(
        name = "partitions",
        description = {
            "Make a topic of many partitions and write one record to each; tell how long it took.",
            "With --pids and --rest, also what the nodes use when nothing happens, in the second half of that time."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  barnabas bench partitions --partitions 1000 --rest 60s --pids $(cat my-cluster/*/node.pid | paste -sd,)"
        })
final class BenchPartitionsCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private BenchNodes nodes;

    @Mixin
    private BenchReport report;

    @Option(names = "--partitions", defaultValue = "1000", description = "How many (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(
            names = "--replication-factor",
            defaultValue = "3",
            description = "Replicas of each; -1 for the cluster's default (default: ${DEFAULT-VALUE}).")
    private short replicationFactor;

    @Option(
            names = "--rest",
            paramLabel = "TIME",
            defaultValue = "0s",
            converter = Durations.Converter.class,
            description = "How long to leave the nodes alone afterwards (default: ${DEFAULT-VALUE}).")
    private Duration rest;

    @Override
    public void run() {
        if (partitions < 1) {
            throw new ParameterException(spec.commandLine(), "--partitions takes 1 or more, not " + partitions);
        }
        if (!rest.isZero() && !nodes.areKnown()) {
            throw new ParameterException(spec.commandLine(), "--rest measures the nodes' processes; name them: --pids");
        }
        report.tell(
                spec.commandLine().getOut(),
                new PartitionsBench(cluster, nodes, partitions, replicationFactor, rest).run());
    }
}
