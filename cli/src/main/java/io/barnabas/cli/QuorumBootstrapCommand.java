package io.barnabas.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes and starts a cluster on this machine. */
@Command(
        name = "bootstrap",
        description = {
            "Format and start a cluster of background nodes on this machine's loopback and wait until it serves.",
            "In a directory that holds a stopped cluster, start that cluster again."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  barnabas quorum bootstrap --local 3 --dir my-cluster",
            "  barnabas quorum stop --dir my-cluster"
        })
final class QuorumBootstrapCommand implements Runnable {

    private static final int MAX_NODES = 9;

    @Spec
    private CommandSpec spec;

    @Option(names = "--local", paramLabel = "N", required = true, description = "Number of nodes, 1 to 9.")
    private int count;

    @Option(names = "--dir", paramLabel = "DIR", required = true, description = "Where the nodes keep everything.")
    private Path directory;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "9092",
            description = "Client port of the first node, the others follow (default: ${DEFAULT-VALUE}).")
    private int port;

    @Override
    public void run() {
        if (count < 1 || count > MAX_NODES) {
            throw new ParameterException(
                    spec.commandLine(), "--local takes 1 to " + MAX_NODES + " nodes, not " + count);
        }
        if (port < 1 || port + count > 55_000) {
            throw new ParameterException(spec.commandLine(), "--port takes 1 to " + (55_000 - count) + ", not " + port);
        }
        long start = System.nanoTime();
        Optional<LocalCluster> present = LocalCluster.find(directory);
        LocalCluster cluster = present.map(this::reopen).orElseGet(this::create);
        new ClusterStart(cluster).run();
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%d nodes serve after %.1f s%n",
                cluster.nodes().size(), (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1));
        out.println("bootstrap servers: " + cluster.bootstrap());
        out.println("stop it with:      barnabas quorum stop --dir " + directory);
    }

    private LocalCluster reopen(LocalCluster cluster) {
        if (cluster.nodes().stream().allMatch(node -> node.process().isPresent())) {
            throw new CommandFailedException("the cluster in " + directory + " runs already at " + cluster.bootstrap());
        }
        if (cluster.nodes().size() != count) {
            throw new CommandFailedException(
                    directory + " holds a cluster of " + cluster.nodes().size() + " nodes; use --local "
                            + cluster.nodes().size() + " or another --dir");
        }
        return cluster;
    }

    private LocalCluster create() {
        if (!FreePorts.all(port, count)) {
            throw new CommandFailedException(
                    "ports " + port + " to " + (port + count - 1) + " are not all free; choose others with --port");
        }
        return LocalCluster.create(directory, count, port);
    }
}
