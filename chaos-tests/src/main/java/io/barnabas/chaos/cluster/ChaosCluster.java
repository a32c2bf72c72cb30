package io.barnabas.chaos.cluster;

import io.barnabas.net.node.ClusterId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
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
    private final Set<Integer> members = new ConcurrentSkipListSet<>();

    /** Lost, but not forgotten by the others yet: an empty node with such an id would be taken for the lost one. */
    private final Set<Integer> missed = new ConcurrentSkipListSet<>();

    private final Links links;
    private final boolean ownDisks;
    /** Why they are not block disks, if one could not be made. */
    private Optional<String> noBlockDisks = Optional.empty();

    private final Wish wish;
    private final String clusterId = ClusterId.random();
    private final Thread atExit = new Thread(this::end, "chaos-cluster-end");

    private ChaosCluster(Wish wish, Path launcher, Network network, List<ChaosNode> nodes, boolean ownDisks) {
        this.wish = wish;
        this.launcher = launcher;
        this.network = network;
        this.nodes = nodes;
        this.links = new Links(network);
        this.ownDisks = ownDisks;
    }

    /**
     * What a cluster is made of.
     *
     * @param home the unpacked distribution
     * @param directory for the nodes' directories
     * @param nodes how many
     * @param spares how many more there is room for, with ids after those
     * @param namespaces whether to try to give each node a network of its own
     * @param diskMb the size of each node's own disk in megabytes, or 0 for the host's; only where namespaces work too
     * @param settings of every node, beside those that every node needs
     */
    public record Wish(
            Path home,
            Path directory,
            int nodes,
            int spares,
            boolean namespaces,
            int diskMb,
            Map<String, String> settings) {

        int places() {
            return nodes + spares;
        }

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
        boolean ownDisks = network.hasLinks() && wish.diskMb() > 0;
        Path launcher = wish.home().resolve("bin").resolve("barnabas");
        ChaosCluster cluster = new ChaosCluster(wish, launcher, network, nodes, ownDisks);
        Runtime.getRuntime().addShutdownHook(cluster.atExit);
        try {
            cluster.prepare();
            cluster.members().forEach(id -> cluster.node(id).start());
            cluster.awaitServing();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static Network network(Wish wish) {
        if (!wish.namespaces()) {
            return new Loopback(wish.places(), "as wished");
        }
        if (!HostRights.isRoot()) {
            return new Loopback(wish.places(), "network namespaces need root, or user namespaces");
        }
        try {
            return Namespaces.create(wish.places());
        } catch (HostCommandException e) {
            return new Loopback(wish.places(), "no network namespaces: " + e.getMessage());
        }
    }

    private void prepare() {
        Set<Integer> voters =
                IntStream.rangeClosed(1, wish.nodes()).boxed().collect(Collectors.toCollection(TreeSet::new));
        if (ownDisks) {
            NodeDisk.removeLeftovers();
        }
        for (int id = 1; id <= wish.places(); id++) {
            Path home = wish.directory().resolve("node-" + id).toAbsolutePath();
            Optional<NodeDisk> disk = ownDisks ? Optional.of(disk(home.resolve("data"))) : Optional.empty();
            nodes.add(new ChaosNode(id, home, launcher, network, disk));
            if (id <= wish.nodes()) {
                make(id, voters);
            }
        }
    }

    private NodeDisk disk(Path directory) {
        if (noBlockDisks.isEmpty()) {
            try {
                return BlockDisk.mount(directory, wish.diskMb());
            } catch (HostCommandException e) {
                noBlockDisks = Optional.of(e.getMessage());
            }
        }
        return MemoryDisk.mount(directory, wish.diskMb());
    }

    private void make(int id, Set<Integer> voters) {
        String addresses = voters.stream()
                .map(voter -> voter + "@" + network.host(voter) + ":" + network.port(voter, 1))
                .collect(Collectors.joining(","));
        node(id).write(properties(id, addresses));
        node(id).format(clusterId);
        members.add(id);
    }

    /** Whether there is room for another node. */
    public boolean hasSpare() {
        return members.size() < nodes.size();
    }

    /**
     * A node is lost for good, with its disk, and an empty one is started in its place; it has joined when it is alive
     * to the others, and holds nothing.
     *
     * @return the new node's id
     * @throws HostCommandException when there is no room for another node, and nothing was lost
     */
    public int replace(int lost) {
        int fresh = IntStream.rangeClosed(1, nodes.size())
                .filter(id -> !members.contains(id) && !missed.contains(id))
                .findFirst()
                .orElseThrow(() -> new HostCommandException("there is no room for another node yet"));
        members.remove(lost);
        missed.add(lost);
        node(lost).kill();
        node(lost).wipe();
        // One that joins with an empty disk must not name itself: it has no vote until it is given one.
        make(fresh, new TreeSet<>(members));
        node(fresh).start();
        return fresh;
    }

    /** The cluster has nothing to do with a lost node any more, and its place is free. */
    public void forgotten(int lost) {
        missed.remove(lost);
    }

    private String properties(int id, String voters) {
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
            while (live(admin) < wish.nodes()) {
                for (int id : members) {
                    ChaosNode node = node(id);
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

    /** Where clients reach it; names places of nodes to come, too. */
    public String bootstrap() {
        return IntStream.rangeClosed(1, nodes.size()).mapToObj(this::address).collect(Collectors.joining(","));
    }

    private String address(int id) {
        return network.host(id) + ":" + network.port(id, 0);
    }

    /** Where clients reach each of its members; from any thread. */
    public List<String> addresses() {
        return members.stream().map(this::address).toList();
    }

    /** The ids of those that belong to it now, in their order. */
    public Set<Integer> members() {
        return new TreeSet<>(members);
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

    /** Whether each node has a disk of its own, which can be filled. */
    public boolean hasOwnDisks() {
        return ownDisks;
    }

    /** Whether these are block disks, which can lose power, break down and stall. */
    public boolean hasBlockDisks() {
        return ownDisks && noBlockDisks.isEmpty();
    }

    /** The network and the disks, in words. */
    public String description() {
        return network.description()
                + noBlockDisks.map(why -> "; no loop devices (" + why + ")").orElse("");
    }

    /**
     * Runs one of the distribution's commands against it and gives what it said.
     *
     * @throws HostCommandException when it fails, or does not end in that time
     */
    public String command(Duration patience, String... words) {
        List<String> line = new ArrayList<>(List.of(launcher.toString()));
        line.addAll(List.of(words));
        line.addAll(List.of("--bootstrap-server", bootstrap()));
        return HostCommand.run(line, patience);
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
