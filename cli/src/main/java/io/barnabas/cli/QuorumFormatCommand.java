package io.barnabas.cli;

import io.barnabas.net.node.ClusterId;
import io.barnabas.net.node.DataDirectories;
import io.barnabas.net.node.DataDirectory;
import io.barnabas.net.node.DataDirectoryException;
import io.barnabas.net.node.InvalidNodeConfigException;
import io.barnabas.net.node.NodeConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Gives a node's data directories their cluster id and node id. */
@Command(
        name = "format",
        description = {
            "Prepare a node's data directories: write the cluster id and the node id into each.",
            "Run it on every machine with the same cluster id before the first start."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  barnabas quorum format --config node.properties",
            "  barnabas quorum format --config node.properties --cluster-id 4L6g3nShT-eMCtK--X86sw"
        })
final class QuorumFormatCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "The node's node.properties.")
    private Path config;

    @Option(
            names = "--cluster-id",
            paramLabel = "ID",
            description = {
                "The cluster's id, the same on every node (default: that of the node's metadata directory, or else a",
                "new one, printed)."
            })
    private String clusterId;

    @Override
    public void run() {
        if (clusterId != null && !ClusterId.isValid(clusterId)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "'" + clusterId + "' is no cluster id: it has 22 letters, digits, '-' or '_'. Leave --cluster-id"
                            + " out on the first node to get one");
        }
        try {
            NodeConfig node = NodeConfig.read(config);
            String id = clusterId == null
                    ? DataDirectory.identityOf(node.metadataDir())
                            .map(DataDirectory.Identity::clusterId)
                            .orElseGet(ClusterId::random)
                    : clusterId;
            List<Path> fresh = DataDirectories.format(node, id);
            for (Path directory : node.dataDirectories()) {
                spec.commandLine()
                        .getOut()
                        .println((fresh.contains(directory) ? "Formatted " : "Already formatted: ") + directory
                                + " for node " + node.nodeId() + " of cluster " + id);
            }
        } catch (InvalidNodeConfigException | DataDirectoryException | IOException e) {
            throw new CommandFailedException(Failures.line(e), e);
        }
    }
}
