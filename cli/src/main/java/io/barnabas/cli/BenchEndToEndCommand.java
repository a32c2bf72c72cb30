package io.barnabas.cli;

import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How long records take from producer to consumer. */
@Command(
        name = "end-to-end",
        description = {
            "Send records at a fixed rate (linger 0, acks=all) and time each until a consumer has it.",
            "Time counts from when a record was due, so that a stall counts for all records that it holds up."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas bench end-to-end --rate 1000 --seconds 30 --html latency.html"})
final class BenchEndToEndCommand implements Runnable {

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

    @Option(names = "--rate", defaultValue = "300", description = "Records a second (default: ${DEFAULT-VALUE}).")
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
        if (rate <= 0 || seconds < 1 || warmUp < 0 || recordSize < Payload.STAMP) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--rate and --seconds must be above 0, and --record-size at least " + Payload.STAMP);
        }
        StampedLoad.Settings settings =
                new StampedLoad.Settings(1, rate, recordSize, Duration.ofSeconds(warmUp), Duration.ofSeconds(seconds));
        try (BenchTopic used = topic.open(cluster)) {
            report.tell(spec.commandLine().getOut(), new EndToEndBench(cluster, used, nodes, settings).run());
        }
    }
}
