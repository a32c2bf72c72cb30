package io.barnabas.cli;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartitionReplica;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Moves a replica to another log directory of its node. */
@Command(
        name = "move-dir",
        description = {
            "Move a node's replica of a partition to another of the node's log directories.",
            "Returns when the move has begun. The partition serves meanwhile."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas partition move-dir orders:0 --node 1 --to /disk2/barnabas"})
final class PartitionMoveDirCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Parameters(paramLabel = "TOPIC:P", converter = PartitionRef.Converter.class, description = "The partition.")
    private PartitionRef partition;

    @Option(names = "--node", paramLabel = "N", required = true, description = "The node's id.")
    private int node;

    @Option(
            names = "--to",
            paramLabel = "DIR",
            required = true,
            description = "One of the node's log directories, as 'node log-dirs' shows it.")
    private String directory;

    @Override
    public void run() {
        int number = partition
                .partition()
                .orElseThrow(() ->
                        new ParameterException(spec.commandLine(), "say which partition: " + partition.topic() + ":P"));
        TopicPartitionReplica replica = new TopicPartitionReplica(partition.topic(), number, node);
        try (Admin admin = cluster.admin()) {
            cluster.get(admin.alterReplicaLogDirs(Map.of(replica, directory)).all());
            spec.commandLine()
                    .getOut()
                    .println("Partition " + partition.topic() + ":" + number + " moves to " + directory + " on node "
                            + node + "; 'barnabas node log-dirs " + node + " --replicas' shows how far it is");
        }
    }
}
