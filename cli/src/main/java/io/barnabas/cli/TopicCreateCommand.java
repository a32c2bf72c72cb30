package io.barnabas.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Creates a topic and waits until all its partitions have a leader. */
@Command(
        name = "create",
        description = "Create a topic.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  barnabas topic create orders --partitions 6 --replication-factor 3",
            "  barnabas topic create big --partitions 1 --config segment.bytes=268435456"
        })
final class TopicCreateCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Parameters(paramLabel = "NAME", description = "The topic's name.")
    private String name;

    @Option(names = "--partitions", paramLabel = "N", description = "Number of partitions (default: the cluster's).")
    private Integer partitions;

    @Option(
            names = "--replication-factor",
            paramLabel = "N",
            description = "Replicas of each partition (default: the cluster's).")
    private Short replicationFactor;

    @Option(names = "--config", paramLabel = "KEY=VALUE", description = "A topic setting; may be repeated.")
    private Map<String, String> configs = Map.of();

    @Override
    public void run() {
        NewTopic topic = new NewTopic(name, Optional.ofNullable(partitions), Optional.ofNullable(replicationFactor))
                .configs(configs);
        try (Admin admin = cluster.admin()) {
            CreateTopicsResult created = admin.createTopics(List.of(topic));
            cluster.get(created.all());
            spec.commandLine()
                    .getOut()
                    .println("Created topic " + name + ": " + cluster.get(created.numPartitions(name))
                            + " partitions, replication factor " + cluster.get(created.replicationFactor(name)));
        }
    }
}
