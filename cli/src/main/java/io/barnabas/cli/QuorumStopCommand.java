package io.barnabas.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Stops a local cluster. */
@Command(
        name = "stop",
        description = "Stop the nodes of a local cluster; their data stays.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas quorum stop --dir my-cluster"})
final class QuorumStopCommand implements Runnable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Spec
    private CommandSpec spec;

    @Option(names = "--dir", paramLabel = "DIR", required = true, description = "The cluster's directory.")
    private Path directory;

    @Override
    public void run() {
        LocalCluster cluster = LocalCluster.find(directory)
                .orElseThrow(() -> new CommandFailedException("there is no local cluster in " + directory));
        PrintWriter out = spec.commandLine().getOut();
        Map<Integer, String> ends = new ConcurrentHashMap<>();
        CompletableFuture.allOf(cluster.nodes().stream()
                        .map(node -> CompletableFuture.runAsync(
                                () -> ends.put(node.id(), stop(node)), Thread::startVirtualThread))
                        .toArray(CompletableFuture[]::new))
                .join();
        cluster.nodes().forEach(node -> out.println("node " + node.id() + " " + ends.get(node.id())));
    }

    private static String stop(LocalNode node) {
        if (node.process().isEmpty()) {
            return "did not run";
        }
        return node.stop(PATIENCE) ? "stopped" : "was killed: it did not stop within " + PATIENCE.toSeconds() + " s";
    }
}
