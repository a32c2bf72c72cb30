package io.barnabas.cli;

import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Latencies beside a consumer that catches up. */
@Command(
        name = "mixed",
        description = {
            "Send records at a fixed rate from several producers and time them, while a consumer reads the backlog of",
            "the same topic as fast as it can, over and over."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas bench mixed --partitions 6 --producers 3 --rate 1000 --fill 500000"})
final class BenchMixedCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private BenchTopicOptions topic;

    @Mixin
    private BenchNodes nodes;

    @Mixin
    private BenchReport report;

    @Option(
            names = "--fill",
            paramLabel = "RECORDS",
            defaultValue = "500000",
            description = "Send so many records first, for the backlog (default: ${DEFAULT-VALUE}).")
    private long fill;

    @Option(names = "--producers", defaultValue = "3", description = "Producers (default: ${DEFAULT-VALUE}).")
    private int producers;

    @Option(
            names = "--rate",
            defaultValue = "1000",
            description = "Records a second, all producers together (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(names = "--seconds", defaultValue = "20", description = "Measured time (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "Time before it (default: ${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(names = "--record-size", defaultValue = "1000", description = "Bytes of each (default: ${DEFAULT-VALUE}).")
    private int recordSize;

    @Override
    public void run() {
        if (rate <= 0 || seconds < 1 || warmUp < 0 || recordSize < Payload.STAMP || producers < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--rate, --seconds and --producers must be above 0, and --record-size at least " + Payload.STAMP);
        }
        StampedLoad.Settings settings = new StampedLoad.Settings(
                producers, rate, recordSize, Duration.ofSeconds(warmUp), Duration.ofSeconds(seconds));
        try (BenchTopic used = topic.open(cluster)) {
            if (fill > 0) {
                new ProduceBench(cluster, used, nodes, ProduceBench.Settings.flatOut(fill, recordSize)).run();
            }
            report.tell(spec.commandLine().getOut(), new MixedBench(cluster, used, nodes, settings).run());
        }
    }
}
