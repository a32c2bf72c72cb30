package io.barnabas.cli;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Grows a topic. */
@Command(
        name = "add-partitions",
        description = "Grow a topic. Keys may map to other partitions afterwards.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas topic add-partitions orders --total 12"})
final class TopicAddPartitionsCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Parameters(paramLabel = "NAME", description = "The topic's name.")
    private String name;

    @Option(names = "--total", paramLabel = "N", required = true, description = "How many partitions it shall have.")
    private int total;

    @Override
    public void run() {
        try (Admin admin = cluster.admin()) {
            cluster.get(admin.createPartitions(Map.of(name, NewPartitions.increaseTo(total)))
                    .all());
            spec.commandLine().getOut().println("Topic " + name + " has " + total + " partitions");
        }
    }
}
