package io.barnabas.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** Which topic a measurement uses. */
final class BenchTopicOptions {

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            description = "Use this topic, made when it is missing, and keep it (default: one that is deleted after).")
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--partitions",
            defaultValue = "1",
            description = "Partitions of a topic that is made (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(
            names = "--replication-factor",
            defaultValue = "-1",
            description = "Its replicas; -1 for the cluster's default (default: ${DEFAULT-VALUE}).")
    private short replicationFactor;

    BenchTopic open(ClusterClient cluster) {
        return name.map(present -> BenchTopic.named(cluster, present, partitions, replicationFactor))
                .orElseGet(() -> new BenchTopic(cluster, partitions, replicationFactor));
    }
}
