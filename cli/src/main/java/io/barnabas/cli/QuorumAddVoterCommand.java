package io.barnabas.cli;

import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lets a node vote in the metadata quorum. */
@Command(
        name = "add-voter",
        description = {
            "Let a node that runs vote in the metadata quorum, which it only follows so far.",
            "An odd number of voters is best: of 3 one may be lost, of 4 still only one, of 5 two."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas quorum add-voter 4"})
final class QuorumAddVoterCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Parameters(paramLabel = "ID", description = "The node's id.")
    private int node;

    @Override
    public void run() {
        try (Admin admin = cluster.admin()) {
            // The cluster knows by the node's registration where its Raft server listens.
            cluster.get(admin.addRaftVoter(node, Uuid.ZERO_UUID, Set.of()).all());
            spec.commandLine().getOut().println("Node " + node + " votes in the metadata quorum");
        }
    }
}
