package io.barnabas.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

    @Mixin
    private BenchRun bench;

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

    @Mixin
    private FixedRateOptions load;

    @Override
    public void run() {
        StampedLoad.Settings settings = load.load(bench, producers, rate);
        bench.tell(
                fill,
                load.recordSize(),
                (cluster, topic, nodes) -> new MixedBench(cluster, topic, nodes, settings).run());
    }
}
