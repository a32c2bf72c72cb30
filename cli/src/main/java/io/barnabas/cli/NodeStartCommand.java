package io.barnabas.cli;

import io.barnabas.net.node.Node;
import io.barnabas.net.node.NodeStartException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a node until it is told to stop. */
@Command(
        name = "start",
        description = "Run a node in the foreground; SIGTERM or Ctrl-C stops it.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas node start --config node.properties"})
final class NodeStartCommand implements Runnable {

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "The node's node.properties.")
    private Path config;

    @Override
    public void run() {
        try {
            Node.runForeground(config);
        } catch (NodeStartException e) {
            throw new CommandFailedException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
    }
}
