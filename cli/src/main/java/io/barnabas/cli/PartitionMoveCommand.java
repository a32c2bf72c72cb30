package io.barnabas.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Gives a partition other replicas. */
@Command(
        name = "move",
        description = {
            "Move a partition to other nodes, or give it more or fewer replicas.",
            "The partition serves meanwhile: new replicas join before old ones leave. The first node of the list is"
                    + " preferred as leader. Waits until it is done; ending the command does not end the move."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas partition move orders:0 --to 2,3,4"})
final class PartitionMoveCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Parameters(paramLabel = "TOPIC:P", converter = PartitionRef.Converter.class, description = "The partition.")
    private PartitionRef partition;

    @ArgGroup(multiplicity = "1")
    private Wish wish;

    /** What is wanted. */
    static final class Wish {

        @Option(names = "--to", paramLabel = "N", split = ",", description = "The nodes that shall have a replica.")
        private List<Integer> nodes;

        @Option(names = "--cancel", description = "Go back to the replicas from before a move that goes on.")
        private boolean cancel;
    }

    @Option(names = "--no-wait", description = "Return as soon as the cluster knows what is wanted.")
    private boolean noWait;

    @Override
    public void run() {
        int number = partition
                .partition()
                .orElseThrow(() ->
                        new ParameterException(spec.commandLine(), "say which partition: " + partition.topic() + ":P"));
        TopicPartition id = new TopicPartition(partition.topic(), number);
        Optional<NewPartitionReassignment> target =
                wish.cancel ? Optional.empty() : Optional.of(new NewPartitionReassignment(wish.nodes));
        try (Admin admin = cluster.admin()) {
            cluster.get(admin.alterPartitionReassignments(Map.of(id, target)).all());
            if (noWait) {
                spec.commandLine()
                        .getOut()
                        .println(id.topic() + ":" + number
                                + (wish.cancel ? " goes back to its former nodes" : " moves to nodes " + wish.nodes));
            } else {
                new MoveProgress(cluster, admin, spec.commandLine().getOut()).await(List.of(id));
            }
        }
    }
}
