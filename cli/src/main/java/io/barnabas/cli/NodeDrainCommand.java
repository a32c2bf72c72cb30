package io.barnabas.cli;

import java.io.PrintWriter;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Moves leads off a node. */
@Command(
        name = "drain",
        description = {
            "Let other replicas lead what a node leads, and keep it so until --undo.",
            "The node goes on with its replicas; it gets none of new topics while others can take them. A partition"
                    + " without another live replica stays led by it."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  barnabas node drain 2", "  barnabas node drain 2 --undo"})
final class NodeDrainCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Parameters(paramLabel = "N", description = "The node's id.")
    private int node;

    @Option(names = "--undo", description = "Let the node lead again; 'partition elect --all' gives it back its leads.")
    private boolean undo;

    @Option(names = "--no-wait", description = "Return as soon as the cluster knows what is wanted.")
    private boolean noWait;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        try (Admin admin = cluster.admin()) {
            new ClusterReplicas(cluster, admin).node(node);
            Draining draining = new Draining(cluster, admin, node);
            draining.set(!undo);
            if (undo) {
                out.println("node " + node + " may lead again");
            } else if (noWait) {
                out.println("node " + node + " hands over what it leads");
            } else {
                draining.await(out);
                out.println("node " + node + " leads nothing that another node could lead");
            }
        }
    }
}
