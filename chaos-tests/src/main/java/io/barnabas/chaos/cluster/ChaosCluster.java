package io.barnabas.chaos.cluster;

import io.barnabas.net.node.ClusterId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * Nodes 1 and up of one cluster, formatted and started by the distribution's own command, and the network between them.
 * Whatever ends this process except SIGKILL ends the nodes too and takes the network away; what SIGKILL leaves of
 * namespaces, the next cluster's making takes away.
 */
public final class ChaosCluster implements AutoCloseable {

    private static final Duration SERVING = Duration.ofSeconds(90);
    private static final long ANSWER_TIMEOUT_MS = 2_000;
    private static final long POLL_MS = 100;

    private final Path launcher;
    private final Network network;
    private final List<ChaosNode> nodes;
    private final Links links;
    private final boolean smallDisks;
    private final Thread atExit = new Thread(this::end, "chaos-cluster-end");

    private ChaosCluster(Path launcher, Network network, List<ChaosNode> nodes, boolean smallDisks) {
        this.launcher = launcher;
        this.network = network;
        this.nodes = nodes;
        this.links = new Links(network);
        this.smallDisks = smallDisks;
    }

    /**
     * What a cluster is made of.
     *
     * @param home the unpacked distribution
     * @param directory for the nodes' directories
     * @param nodes how many
     * @param namespaces whether to try to give each node a network of its own
     * @param diskMb the size of each node's own disk in megabytes, or 0 for the host's; only where namespaces work too
     * @param settings of every node, beside those that every node needs
     */
    public record Wish(
            Path home, Path directory, int nodes, boolean namespaces, int diskMb, Map<String, String> settings) {

        public Wish {
            settings = Map.copyOf(settings);
        }
    }

    /**
     * Makes it, starts it, and waits until all nodes serve.
     *
     * @throws IllegalStateException when they do not within 90 s; the message has the end of a log
     */
    public static ChaosCluster start(Wish wish) {
        Network network = network(wish);
        List<ChaosNode> nodes = new ArrayList<>();
        boolean smallDisks = network.hasLinks() && wish.diskMb() > 0;
        Path launcher = wish.home().resolve("bin").resolve("barnabas");
        ChaosCluster cluster = new ChaosCluster(launcher, network, nodes, smallDisks);
        Runtime.getRuntime().addShutdownHook(cluster.atExit);
        try {
            cluster.prepare(wish);
            nodes.forEach(ChaosNode::start);
            cluster.awaitServing();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static Network network(Wish wish) {
        if (!wish.namespaces()) {
            return new Loopback(wish.nodes(), "as wished");
        }
        if (!isRoot()) {
            return new Loopback(wish.nodes(), "network namespaces need root");
        }
        try {
            return Namespaces.create(wish.nodes());
        } catch (HostCommandException e) {
            return new Loopback(wish.nodes(), "no network namespaces: " + e.getMessage());
        }
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private void prepare(Wish wish) {
        String voters = IntStream.rangeClosed(1, wish.nodes())
                .mapToObj(id -> id + "@" + network.host(id) + ":" + network.port(id, 1))
                .collect(Collectors.joining(","));
        String clusterId = ClusterId.random();
        if (smallDisks) {
            SmallDisk.removeLeftovers();
        }
        for (int id = 1; id <= wish.nodes(); id++) {
            Path home = wish.directory().resolve("node-" + id).toAbsolutePath();
            Optional<SmallDisk> disk =
                    smallDisks ? Optional.of(SmallDisk.mount(home.resolve("data"), wish.diskMb())) : Optional.empty();
            ChaosNode node = new ChaosNode(id, home, launcher, network, disk);
            nodes.add(node);
            node.write(properties(id, voters, wish));
            node.format(clusterId);
        }
    }

    private String properties(int id, String voters, Wish wish) {
        StringBuilder text = new StringBuilder("""
                # A node of a chaos run.
                node.id=%d
                listeners=PLAINTEXT://%s:%d
                quorum.voters=%s
                raft.listener=%s:%d
                partition.raft.listener=%s:%d
                log.dirs=data
                default.replication.factor=%d
                """.formatted(
                        id,
                        network.host(id),
                        network.port(id, 0),
                        voters,
                        network.host(id),
                        network.port(id, 1),
                        network.host(id),
                        network.port(id, 2),
                        Math.min(3, wish.nodes())));
        wish.settings()
                .forEach((key, value) ->
                        text.append(key).append('=').append(value).append('\n'));
        return text.toString();
    }

    /** Waits until every node is alive to the others. */
    private void awaitServing() {
        long deadline = System.nanoTime() + SERVING.toNanos();
        try (Admin admin = admin()) {
            while (live(admin) < nodes.size()) {
                for (ChaosNode node : nodes) {
                    if (!node.isRunning()) {
                        throw new IllegalStateException("node " + node.id() + " stopped while starting; " + node.log()
                                + " ends with:\n" + node.logTail());
                    }
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException("the cluster does not serve after " + SERVING.toSeconds() + " s; "
                            + nodes.getFirst().log() + " ends with:\n"
                            + nodes.getFirst().logTail());
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the cluster started", e);
        }
    }

    private static int live(Admin admin) throws InterruptedException {
        try {
            return admin.describeCluster()
                    .nodes()
                    .get(ANSWER_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    .size();
        } catch (ExecutionException | TimeoutException e) {
            return 0;
        }
    }

    /** A client of the whole cluster, to be closed by the caller. */
    public Admin admin() {
        return Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap(),
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                "500"));
    }

    /** Where clients reach it. */
    public String bootstrap() {
        return IntStream.rangeClosed(1, nodes.size())
                .mapToObj(id -> network.host(id) + ":" + network.port(id, 0))
                .collect(Collectors.joining(","));
    }

    public List<ChaosNode> nodes() {
        return List.copyOf(nodes);
    }

    /** The node of this id. */
    public ChaosNode node(int id) {
        return nodes.get(id - 1);
    }

    /** What can be cut, if {@link #hasLinks}. */
    public Links links() {
        return links;
    }

    public boolean hasLinks() {
        return network.hasLinks();
    }

    /** Whether disks can be filled. */
    public boolean hasSmallDisks() {
        return smallDisks;
    }

    /** The network, in words. */
    public String description() {
        return network.description();
    }

    /**
     * Runs one of the distribution's commands against it and gives what it said.
     *
     * @throws HostCommandException when it fails
     */
    public String command(String... words) {
        List<String> line = new ArrayList<>(List.of(launcher.toString()));
        line.addAll(List.of(words));
        line.addAll(List.of("--bootstrap-server", bootstrap()));
        return HostCommand.run(line);
    }

    private void end() {
        nodes.forEach(ChaosNode::end);
        network.close();
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The process is ending, and the hook does it.
            return;
        }
        end();
    }
}
