package io.barnabas.cli;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes a node's vote in the metadata quorum. */
@Command(
        name = "remove-voter",
        description = {
            "Take a node's vote in the metadata quorum, which it follows from then on. It need not run.",
            "Refused when the other voters that are live would be no majority. A leader hands its lead over first."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas quorum remove-voter 3"})
final class QuorumRemoveVoterCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Parameters(paramLabel = "ID", description = "The node's id.")
    private int node;

    @Override
    public void run() {
        try (Admin admin = cluster.admin()) {
            cluster.get(admin.removeRaftVoter(node, Uuid.ZERO_UUID).all());
            spec.commandLine().getOut().println("Node " + node + " does not vote in the metadata quorum any more");
        }
    }
}
