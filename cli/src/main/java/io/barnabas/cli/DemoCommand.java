package io.barnabas.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows in half a minute what the whole is for, on a real cluster of three processes. */
@Command(
        name = "demo",
        description = {
            "Boot three nodes, load 5,000 flights, tail a partition by time, kill its leader, and check every record.",
            "Needs no flags; what it made is removed at the end unless --keep is given."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  barnabas demo", "  barnabas demo --keep --dir my-demo"})
final class DemoCommand implements Runnable {

    private static final int NODES = 3;
    private static final int PREFERRED_PORT = 9092;
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(15);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where the nodes keep everything (default: a new directory).")
    private Optional<Path> directory = Optional.empty();

    @Option(names = "--keep", description = "Leave the cluster running.")
    private boolean keep;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        Path home = directory.orElseGet(DemoCommand::temporary);
        if (LocalCluster.find(home).isPresent()) {
            throw new CommandFailedException(home + " holds a cluster already; choose another --dir");
        }
        int port = FreePorts.run(PREFERRED_PORT, NODES)
                .orElseThrow(() -> new CommandFailedException("found no three free ports above " + PREFERRED_PORT));
        LocalCluster cluster = LocalCluster.create(home, NODES, port);
        Thread onInterrupt = new Thread(() -> cluster.nodes().forEach(LocalNode::kill), "demo-cleanup");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        boolean passed = false;
        try {
            new Demo(cluster, out).run();
            passed = true;
        } finally {
            if (!keep || !passed) {
                stop(cluster);
            }
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
            if (!passed) {
                spec.commandLine().getErr().println("The nodes' logs are kept in " + home);
            }
        }
        if (keep) {
            out.println("The cluster runs on at " + cluster.bootstrap());
            out.println("  stop it with: barnabas quorum stop --dir " + home);
        } else if (directory.isEmpty()) {
            delete(home);
        }
        out.flush();
    }

    private static void stop(LocalCluster cluster) {
        CompletableFuture.allOf(cluster.nodes().stream()
                        .map(node ->
                                CompletableFuture.runAsync(() -> node.stop(STOP_PATIENCE), Thread::startVirtualThread))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("barnabas-demo-");
        } catch (IOException e) {
            throw new CommandFailedException("cannot make a directory for the demo: " + e.getMessage(), e);
        }
    }

    private static void delete(Path home) {
        try (Stream<Path> all = Files.walk(home)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new CommandFailedException("cannot remove " + home + ": " + Failures.line(e), e);
        }
    }
}
