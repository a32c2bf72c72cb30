package io.barnabas.cli;

import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes a node out of the cluster for good. */
@Command(
        name = "decommission",
        description = {
            "Move all replicas of a node to others, and forget the node when it is stopped.",
            "The node may be live or lost. Give the command again to go on after it was ended. A voter of the metadata"
                    + " quorum has to leave that first."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas node decommission 3"})
final class NodeDecommissionCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Parameters(paramLabel = "N", description = "The node's id.")
    private int node;

    @Option(names = "--dry-run", description = "Show where the replicas would go, and do nothing.")
    private boolean dryRun;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        try (Admin admin = cluster.admin()) {
            ClusterReplicas replicas = new ClusterReplicas(cluster, admin);
            replicas.node(node);
            if (dryRun) {
                plan(replicas).forEach((partition, to) -> out.println(line(partition, to)));
                return;
            }
            requireNoVoter(admin);
            new Draining(cluster, admin, node).set(true);
            // Topics that are created meanwhile may have come to the node all the same.
            for (Map<TopicPartition, List<Integer>> moves = plan(replicas); !moves.isEmpty(); moves = plan(replicas)) {
                move(admin, out, moves);
            }
            out.println("node " + node + " has no replicas");
            awaitStopped(replicas, out);
            cluster.get(admin.unregisterBroker(node).all());
            out.println("node " + node + " is no longer part of the cluster");
        }
    }

    private Map<TopicPartition, List<Integer>> plan(ClusterReplicas replicas) {
        Map<Integer, String> live = replicas.nodes().stream()
                .filter(known -> !known.isFenced())
                .collect(Collectors.toMap(Node::id, known -> known.rack() == null ? "" : known.rack()));
        Map<TopicPartition, List<Integer>> present = new HashMap<>();
        replicas.partitions()
                .forEach((partition, info) -> present.put(
                        partition, info.replicas().stream().map(Node::id).toList()));
        return new Evacuation(node, live).plan(present);
    }

    private void requireNoVoter(Admin admin) {
        boolean votes = cluster.get(admin.describeMetadataQuorum().quorumInfo()).voters().stream()
                .anyMatch(voter -> voter.replicaId() == node);
        if (votes) {
            throw new CommandFailedException("node " + node + " votes in the metadata quorum; let another node vote in"
                    + " its place with 'quorum add-voter' and 'quorum remove-voter' first");
        }
    }

    private void move(Admin admin, PrintWriter out, Map<TopicPartition, List<Integer>> moves) {
        Map<TopicPartition, Optional<NewPartitionReassignment>> wanted = new HashMap<>();
        moves.forEach((partition, to) -> {
            out.println(line(partition, to));
            wanted.put(partition, Optional.of(new NewPartitionReassignment(to)));
        });
        out.flush();
        cluster.get(admin.alterPartitionReassignments(wanted).all());
        new MoveProgress(cluster, admin, out).await(moves.keySet());
    }

    private static String line(TopicPartition partition, List<Integer> to) {
        return partition.topic() + ":" + partition.partition() + " moves to nodes " + to;
    }

    /** A node that runs would register again at once. */
    private void awaitStopped(ClusterReplicas replicas, PrintWriter out) {
        boolean said = false;
        while (!replicas.node(node).isFenced()) {
            if (!said) {
                said = true;
                out.println("stop node " + node + " now; waiting until it is gone");
                out.flush();
            }
            MoveProgress.pause();
        }
    }
}
