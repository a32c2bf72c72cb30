package io.barnabas.cli;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a replica that failed anew from the partition's other replicas. */
@Command(
        name = "repair",
        description = {
            "Make a node's replica of a partition anew from the other replicas, after damage to its files.",
            "The files it has are deleted. Refused while the replica is well, and while the other replicas could not"
                    + " go on without it. Returns when the copy has begun."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas partition repair orders:0 --node 2"})
final class PartitionRepairCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Parameters(paramLabel = "TOPIC:P", converter = PartitionRef.Converter.class, description = "The partition.")
    private PartitionRef partition;

    @Option(names = "--node", paramLabel = "N", required = true, description = "The node's id.")
    private int node;

    @Override
    public void run() {
        int number = partition
                .partition()
                .orElseThrow(() ->
                        new ParameterException(spec.commandLine(), "say which partition: " + partition.topic() + ":P"));
        TopicPartition id = new TopicPartition(partition.topic(), number);
        try (Admin admin = cluster.admin()) {
            String directory = directoryOf(admin, id);
            if (isWell(admin, id)) {
                throw new CommandFailedException("the replica of " + partition.topic() + ":" + number + " on node "
                        + node + " is well; there is nothing to repair");
            }
            TopicPartitionReplica replica = new TopicPartitionReplica(id.topic(), number, node);
            cluster.get(admin.alterReplicaLogDirs(Map.of(replica, directory)).all());
            spec.commandLine()
                    .getOut()
                    .println("Partition " + partition.topic() + ":" + number + " on node " + node
                            + " begins anew; 'barnabas partition describe " + partition.topic() + ":" + number
                            + "' shows how far its copy is");
        }
    }

    private boolean isWell(Admin admin, TopicPartition id) {
        return cluster.get(admin.describeCluster().nodes()).stream()
                .filter(known -> known.id() == node)
                .map(known -> ReplicaConditions.of(id.topic(), List.of(id.partition()), known)
                        .get(id.partition()))
                .anyMatch(condition -> condition != null && condition.failure().isEmpty());
    }

    /** Where the replica lives; one whose directory is offline may begin anew in any other. */
    private String directoryOf(Admin admin, TopicPartition id) {
        Map<String, LogDirDescription> directories =
                cluster.get(admin.describeLogDirs(List.of(node)).descriptions().get(node));
        return directories.entrySet().stream()
                .filter(directory -> directory.getValue().replicaInfos().containsKey(id))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new CommandFailedException(
                        "node " + node + " has no replica of " + id.topic() + ":" + id.partition()));
    }
}
