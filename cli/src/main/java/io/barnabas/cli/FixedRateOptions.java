package io.barnabas.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a load of a fixed rate lasts, and of what it is. */
final class FixedRateOptions {

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

    int recordSize() {
        return recordSize;
    }

    /** The load that was asked for, if it can be. */
    StampedLoad.Settings load(BenchRun bench, int producers, double rate) {
        bench.require(
                producers > 0 && rate > 0 && seconds > 0 && warmUp >= 0 && recordSize >= Payload.STAMP,
                "--rate, --seconds and --producers must be above 0, and --record-size at least " + Payload.STAMP);
        return new StampedLoad.Settings(
                producers, rate, recordSize, Duration.ofSeconds(warmUp), Duration.ofSeconds(seconds));
    }
}
