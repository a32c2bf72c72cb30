package io.barnabas.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How fast a topic is read. */
@Command(
        name = "consume",
        description = "Read a topic from beginning to end, as fast as possible.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  barnabas bench consume --topic orders",
            "  barnabas bench consume --fill 1000000 --partitions 6 --consumers 2"
        })
final class BenchConsumeCommand implements Runnable {

    @Mixin
    private BenchRun bench;

    @Option(
            names = "--fill",
            paramLabel = "RECORDS",
            defaultValue = "0",
            description = "Send so many records first (default: ${DEFAULT-VALUE}).")
    private long fill;

    @Option(names = "--record-size", defaultValue = "1000", description = "Bytes of each (default: ${DEFAULT-VALUE}).")
    private int recordSize;

    @Option(
            names = "--consumers",
            defaultValue = "1",
            description = "Consumers, which share the partitions (default: ${DEFAULT-VALUE}).")
    private int consumers;

    @Option(
            names = "--warm-up",
            paramLabel = "SCANS",
            defaultValue = "1",
            description = "How often to read everything before it counts (default: ${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(names = "--scans", defaultValue = "3", description = "How often it counts (default: ${DEFAULT-VALUE}).")
    private int scans;

    @Override
    public void run() {
        bench.require(consumers > 0 && scans > 0 && warmUp >= 0, "--consumers and --scans begin at 1");
        bench.tell(
                fill,
                recordSize,
                (cluster, topic, nodes) -> new ConsumeBench(cluster, topic, nodes, consumers, warmUp, scans).run());
    }
}
