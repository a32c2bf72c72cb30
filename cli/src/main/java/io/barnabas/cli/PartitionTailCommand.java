package io.barnabas.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints records as they come. */
@Command(
        name = "tail",
        description = "Print the records of a topic or partition, and those that follow. Leader changes do not end it.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  barnabas partition tail orders",
            "  barnabas partition tail orders:0 --from beginning --max 10 --no-follow",
            "  barnabas partition tail orders --from -10m --output json",
            "  barnabas partition tail flights:2 --from 2001-01-15T00:00"
        })
final class PartitionTailCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private Output output;

    @Parameters(
            paramLabel = "TOPIC[:P]",
            converter = PartitionRef.Converter.class,
            description = "A topic, or one partition of it.")
    private PartitionRef wanted;

    @Option(
            names = "--from",
            defaultValue = "end",
            converter = From.Converter.class,
            description = "Where to begin: " + From.FORMS + " (default: ${DEFAULT-VALUE}).")
    private From from;

    @Option(names = "--max", paramLabel = "N", description = "End after so many records.")
    private long max = Long.MAX_VALUE;

    @Option(names = "--no-follow", description = "End where the log ends now.")
    private boolean noFollow;

    private long printed;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        try (Tail tail = new Tail(cluster.consumer(), wanted)) {
            tail.seek(from);
            tail.run(!noFollow, () -> printed < max, record -> {
                out.println(RecordText.of(record, output.format()));
                out.flush();
                return ++printed < max;
            });
        }
    }
}
