package io.barnabas.cli;

import io.barnabas.net.node.ClusterId;
import io.barnabas.net.node.DataDirectory;
import io.barnabas.net.node.DataDirectoryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A cluster on this machine's loopback, a directory for each node: {@code DIR/node-<id>/} with its settings, pid, log
 * and data.
 */
final class LocalCluster {

    static final String HOST = "127.0.0.1";
    /** Raft ports are looked for this far above the client ports, two to a node. */
    private static final int RAFT_PORT_DISTANCE = 10_000;

    /** From here on Linux gives ports to outgoing connections, which would take those of a node that is not running. */
    private static final int FIRST_OUTGOING_PORT = 32_768;

    private final Path directory;
    private final List<LocalNode> nodes;

    private LocalCluster(Path directory, List<LocalNode> nodes) {
        this.directory = directory;
        this.nodes = nodes;
    }

    /** The cluster that was made in that directory, if one was. */
    static Optional<LocalCluster> find(Path directory) {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try (Stream<Path> children = Files.list(directory)) {
            List<LocalNode> nodes = children.filter(child -> Files.exists(child.resolve(LocalNode.SETTINGS)))
                    .map(LocalNode::of)
                    .sorted((a, b) -> Integer.compare(a.id(), b.id()))
                    .toList();
            return nodes.isEmpty() ? Optional.empty() : Optional.of(new LocalCluster(directory, nodes));
        } catch (IOException e) {
            throw new CommandFailedException("cannot read " + directory + ": " + Failures.line(e), e);
        }
    }

    /** Writes settings for {@code count} nodes with client ports {@code firstPort} and up, and formats their data. */
    static LocalCluster create(Path directory, int count, int firstPort) {
        int raftPort = raftPort(firstPort, count);
        String voters = IntStream.rangeClosed(1, count)
                .mapToObj(id -> id + "@" + HOST + ":" + (raftPort + 2 * (id - 1)))
                .collect(Collectors.joining(","));
        String clusterId = ClusterId.random();
        List<LocalNode> nodes = new ArrayList<>();
        try {
            for (int id = 1; id <= count; id++) {
                Path home =
                        Files.createDirectories(directory.resolve("node-" + id).toAbsolutePath());
                Files.writeString(
                        home.resolve(LocalNode.SETTINGS),
                        settings(id, count, firstPort + id - 1, raftPort + 2 * (id - 1), voters));
                DataDirectory.format(home.resolve("data"), new DataDirectory.Identity(clusterId, id));
                nodes.add(LocalNode.of(home));
            }
        } catch (IOException | DataDirectoryException e) {
            throw new CommandFailedException("cannot prepare " + directory + ": " + Failures.line(e), e);
        }
        return new LocalCluster(directory, nodes);
    }

    /** The first of two ports for each node. */
    private static int raftPort(int firstPort, int count) {
        int above = firstPort + RAFT_PORT_DISTANCE;
        int from = above + 2 * count <= FIRST_OUTGOING_PORT
                ? above
                : Math.min(firstPort, FIRST_OUTGOING_PORT) - RAFT_PORT_DISTANCE;
        return FreePorts.run(from, 2 * count)
                .orElseThrow(() -> new CommandFailedException("found no free ports for Raft from " + from + " on"));
    }

    static String settings(int id, int count, int port, int raftPort, String voters) {
        return """
                # A node of a local cluster, written by 'barnabas quorum bootstrap'.
                node.id=%d
                listeners=PLAINTEXT://%s:%d
                quorum.voters=%s
                raft.listener=%s:%d
                partition.raft.listener=%s:%d
                log.dirs=data
                default.replication.factor=%d
                """.formatted(id, HOST, port, voters, HOST, raftPort, HOST, raftPort + 1, Math.min(3, count));
    }

    Path directory() {
        return directory;
    }

    List<LocalNode> nodes() {
        return nodes;
    }

    LocalNode node(int id) {
        return nodes.stream().filter(node -> node.id() == id).findFirst().orElseThrow();
    }

    String bootstrap() {
        return nodes.stream().map(node -> HOST + ":" + node.port()).collect(Collectors.joining(","));
    }
}
