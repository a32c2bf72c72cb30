package io.barnabas.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

    @Mixin
    private BenchRun bench;

    @Option(names = "--rate", defaultValue = "300", description = "Records a second (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Mixin
    private FixedRateOptions load;

    @Override
    public void run() {
        StampedLoad.Settings settings = load.load(bench, 1, rate);
        bench.tell((cluster, topic, nodes) -> new EndToEndBench(cluster, topic, nodes, settings).run());
    }
}
