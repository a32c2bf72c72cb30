package io.barnabas.cli;

import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How fast records go into a topic. */
@Command(
        name = "produce",
        description = "Send records as fast as possible or at a rate; tell throughput and times of acknowledgements.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  barnabas bench produce --partitions 6 --records 1000000 --html produce.html",
            "  barnabas bench produce --throughput 5000 --record-size 100 --linger 0"
        })
final class BenchProduceCommand implements Runnable {

    @Mixin
    private BenchRun bench;

    @Option(names = "--records", defaultValue = "500000", description = "Measured (default: ${DEFAULT-VALUE}).")
    private long records;

    @Option(names = "--record-size", defaultValue = "1000", description = "Bytes of each (default: ${DEFAULT-VALUE}).")
    private int recordSize;

    @Option(
            names = "--throughput",
            paramLabel = "N",
            defaultValue = "-1",
            description = "Records a second in all; -1 for as fast as possible (default: ${DEFAULT-VALUE}).")
    private double throughput;

    @Option(names = "--producers", defaultValue = "1", description = "Producers (default: ${DEFAULT-VALUE}).")
    private int producers;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "Time before it counts (default: ${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(names = "--acks", defaultValue = "all", description = "0, 1 or all (default: ${DEFAULT-VALUE}).")
    private String acks;

    @Option(names = "--batch-size", defaultValue = "16384", description = "Bytes (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(names = "--linger", defaultValue = "5", description = "Milliseconds (default: ${DEFAULT-VALUE}).")
    private int linger;

    @Option(
            names = "--compression",
            defaultValue = "none",
            description = "none, gzip, snappy, lz4 or zstd (default: ${DEFAULT-VALUE}).")
    private String compression;

    @Override
    public void run() {
        bench.require(List.of("0", "1", "all").contains(acks), "--acks takes 0, 1 or all, not " + acks);
        bench.require(
                records > 0 && recordSize >= 0 && producers > 0 && warmUp >= 0,
                "records and producers begin at 1, sizes and times at 0");
        ProduceBench.Settings settings = new ProduceBench.Settings(
                records,
                recordSize,
                throughput,
                producers,
                Duration.ofSeconds(warmUp),
                acks,
                batchSize,
                linger,
                compression);
        bench.tell((cluster, topic, nodes) -> new ProduceBench(cluster, topic, nodes, settings).run());
    }
}
