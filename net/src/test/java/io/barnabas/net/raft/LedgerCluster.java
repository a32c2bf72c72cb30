package io.barnabas.net.raft;

import io.barnabas.net.raft.RaftTransportConfig.ServerKind;
import io.barnabas.net.raft.RaftTransportConfig.Window;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.FileUtils;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Raft servers "n1", "n2", ... in this process, all of them in each of a few groups, over a faulty network. */
final class LedgerCluster implements AutoCloseable {

    static final String CLUSTER = "faults";
    /** Milliseconds; on a machine with much else to do {@code -Delection=N} lets a group come to rest. */
    static final int ELECTION_MS = Integer.getInteger("election", 150);

    static final Duration ELECTION_MIN = Duration.ofMillis(ELECTION_MS);
    static final Duration ELECTION_MAX = Duration.ofMillis(2L * ELECTION_MS);
    static final Duration REQUEST_TIMEOUT = Duration.ofMillis(4L * ELECTION_MS);
    static final int MAX_FRAME = 1 << 20;

    private static final int FIRST_PORT = 23_000;
    private static final int LAST_PORT = 31_000;
    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 37 % (LAST_PORT - FIRST_PORT)));

    final FaultyNetwork network;
    final Violations violations;
    final List<RaftGroup> groups = new ArrayList<>();
    private final Path directory;
    private final Consumer<RaftProperties> settings;
    private final List<RaftPeer> peers = new ArrayList<>();
    private final Map<String, LedgerPayloads> payloads = new ConcurrentHashMap<>();
    private final Map<String, LedgerMachine> machines = new ConcurrentHashMap<>();
    private final Map<String, RaftServer> servers = new ConcurrentHashMap<>();

    LedgerCluster(
            Path directory,
            int nodes,
            int groups,
            FaultyNetwork network,
            Violations violations,
            Consumer<RaftProperties> settings)
            throws IOException {
        this.directory = directory;
        this.network = network;
        this.violations = violations;
        this.settings = settings;
        for (int i = 1; i <= nodes; i++) {
            peers.add(RaftPeer.newBuilder()
                    .setId("n" + i)
                    .setAddress("127.0.0.1:" + freePort())
                    .build());
            payloads.put("n" + i, new LedgerPayloads("n" + i, violations));
        }
        for (int i = 0; i < groups; i++) {
            this.groups.add(RaftGroup.valueOf(RaftGroupId.randomId(), peers));
        }
    }

    private static int freePort() {
        return IntStream.generate(NEXT_PORT::getAndIncrement)
                .map(next -> FIRST_PORT + next % (LAST_PORT - FIRST_PORT))
                .filter(LedgerCluster::isFree)
                .findFirst()
                .orElseThrow();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    List<String> nodes() {
        return peers.stream().map(peer -> peer.getId().toString()).toList();
    }

    List<RaftPeer> peers() {
        return peers;
    }

    LedgerCluster startAll() throws IOException {
        for (String node : nodes()) {
            start(node);
        }
        return this;
    }

    /** Starts a node's server: again with what it has on disk, or as a member without anything. */
    void start(String node) throws IOException {
        RaftServer server = RaftServer.newBuilder()
                .setServerId(peer(node).getId())
                .setOption(RaftStorage.StartupOption.RECOVER)
                .setProperties(properties(node))
                .setParameters(new RaftTransport(transport(node), network).parameters())
                .setStateMachineRegistry(group -> machines.compute(
                        node + group,
                        (key, before) -> new LedgerMachine(
                                payloads.get(node), violations, other -> machine(other.toString(), group))))
                .build();
        servers.put(node, server);
        server.start();
        for (RaftGroup group : groups) {
            boolean known = false;
            for (RaftGroupId id : server.getGroupIds()) {
                known |= id.equals(group.getGroupId());
            }
            if (!known) {
                server.groupManagement(
                        GroupManagementRequest.newAdd(ClientId.randomId(), server.getId(), 1, group, true));
            }
        }
    }

    private RaftTransportConfig transport(String node) {
        String address = peer(node).getAddress();
        return config(CLUSTER, node, Integer.parseInt(address.substring(address.indexOf(':') + 1)), payloads.get(node));
    }

    static RaftTransportConfig config(String cluster, String node, int port, EntryPayloads payloads) {
        return new RaftTransportConfig(
                cluster,
                node,
                ServerKind.PARTITIONS,
                "127.0.0.1",
                port,
                REQUEST_TIMEOUT,
                new Window(8, 256 << 10, 32 << 10),
                MAX_FRAME,
                2,
                Optional.empty(),
                payloads,
                EmptyVoters.NONE);
    }

    private RaftProperties properties(String node) {
        RaftProperties raft = new RaftProperties();
        RaftConfigKeys.Rpc.setType(raft, new NettyRpcType());
        RaftServerConfigKeys.setStorageDir(raft, List.of(directory(node).toFile()));
        RaftServerConfigKeys.Rpc.setTimeoutMin(raft, time(ELECTION_MIN));
        RaftServerConfigKeys.Rpc.setTimeoutMax(raft, time(ELECTION_MAX));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(raft, time(ELECTION_MIN.dividedBy(4)));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(raft, time(ELECTION_MIN));
        RaftServerConfigKeys.setCloseThreshold(raft, TimeDuration.valueOf(1, TimeUnit.HOURS));
        RaftServerConfigKeys.setSleepDeviationThreshold(raft, TimeDuration.valueOf(5, TimeUnit.SECONDS));
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(raft, TimeDuration.valueOf(1, TimeUnit.SECONDS));
        RaftServerConfigKeys.ThreadPool.setProxyCached(raft, false);
        RaftServerConfigKeys.ThreadPool.setProxySize(raft, 4);
        RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(raft, false);
        RaftServerConfigKeys.Log.setLogMetadataEnabled(raft, false);
        RaftServerConfigKeys.Log.setPreallocatedSize(raft, SizeInBytes.valueOf("16KB"));
        RaftServerConfigKeys.Log.setSegmentSizeMax(raft, SizeInBytes.valueOf("64KB"));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(raft, 1);
        RaftServerConfigKeys.Log.setWriteBufferSize(raft, SizeInBytes.valueOf((64 << 10) + 8));
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(raft, SizeInBytes.valueOf(64 << 10));
        RaftServerConfigKeys.Log.Appender.setWaitTimeMin(raft, TimeDuration.ZERO);
        RaftServerConfigKeys.Log.Appender.setRetryPolicy(raft, "1ms,10, 100ms,20, 500ms,1000000");
        settings.accept(raft);
        return raft;
    }

    private static TimeDuration time(Duration duration) {
        return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Path directory(String node) {
        return directory.resolve(node);
    }

    RaftPeer peer(String node) {
        return peers.stream()
                .filter(peer -> peer.getId().toString().equals(node))
                .findFirst()
                .orElseThrow();
    }

    void stop(String node) throws IOException {
        servers.remove(node).close();
    }

    /** Takes away all that a stopped node has on its disk. */
    void wipe(String node) throws IOException {
        if (Files.exists(directory(node))) {
            FileUtils.deleteFully(directory(node));
        }
        payloads.get(node).wipe();
    }

    boolean runs(String node) {
        return servers.containsKey(node);
    }

    RaftServer server(String node) {
        return servers.get(node);
    }

    RaftServer.Division division(String node, RaftGroup group) throws IOException {
        RaftServer server = servers.get(node);
        if (server == null) {
            throw new IOException(node + " does not run");
        }
        return server.getDivision(group.getGroupId());
    }

    LedgerMachine machine(String node, RaftGroupId group) {
        return machines.get(node + group);
    }

    LedgerPayloads payloads(String node) {
        return payloads.get(node);
    }

    /** The server that leads in the newest term of those that take themselves for leaders. */
    Optional<String> leader(RaftGroup group) {
        String newest = null;
        long term = -1;
        for (String node : servers.keySet()) {
            try {
                var info = division(node, group).getInfo();
                if (info.isLeaderReady() && info.getCurrentTerm() > term) {
                    newest = node;
                    term = info.getCurrentTerm();
                }
            } catch (IOException e) {
                // It is just being opened or closed, and leads nothing.
                continue;
            }
        }
        return Optional.ofNullable(newest);
    }

    static RaftPeerId id(String node) {
        return RaftPeerId.valueOf(node);
    }

    @Override
    public void close() throws IOException {
        network.heal();
        for (RaftServer server : servers.values()) {
            server.close();
        }
    }
}
