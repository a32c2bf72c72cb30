package io.barnabas.net.raft;

import io.barnabas.net.raft.RaftTransport.ConnectionHook;
import io.barnabas.net.raft.RaftTransportConfig.ServerKind;
import io.barnabas.net.raft.RaftTransportConfig.Window;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;
import org.jspecify.annotations.Nullable;

/** Raft servers with ids "1", "2", ... of one group in this process, over real connections and real logs. */
final class LocalServers implements AutoCloseable {

    static final String CLUSTER = "cluster-of-the-test";
    static final Duration ELECTION_MIN = Duration.ofMillis(300);
    static final Duration ELECTION_MAX = Duration.ofMillis(600);

    final RaftGroup group;
    private final Path directory;
    private final Consumer<RaftProperties> settings;
    private final Function<String, RaftTransport> transports;
    private final Map<String, RaftServer> servers = new TreeMap<>();
    private final Map<String, TextLog> logs = new ConcurrentHashMap<>();
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();

    LocalServers(Path directory, int count, Consumer<RaftProperties> settings, Transports transports)
            throws IOException {
        this.directory = directory;
        this.settings = settings;
        List<Integer> ports = freePorts(count);
        List<RaftPeer> peers = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            peers.add(RaftPeer.newBuilder()
                    .setId(Integer.toString(i))
                    .setAddress("127.0.0.1:" + ports.get(i - 1))
                    .build());
        }
        this.group = RaftGroup.valueOf(RaftGroupId.randomId(), peers);
        this.transports = id -> transports.of(id, ports.get(Integer.parseInt(id) - 1));
    }

    /** Makes the transport of a server. */
    @FunctionalInterface
    interface Transports {
        RaftTransport of(String id, int port);
    }

    static LocalServers started(Path directory, ConnectionHook hook) throws IOException {
        LocalServers servers =
                new LocalServers(directory, 3, raft -> {}, (id, port) -> transport(config(id, port), hook));
        servers.startAll();
        return servers;
    }

    static RaftTransport transport(RaftTransportConfig config, @Nullable ConnectionHook hook) {
        try {
            return hook == null ? new RaftTransport(config) : new RaftTransport(config, hook);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static RaftTransportConfig config(String id, int port) {
        return config(CLUSTER, id, port, Optional.empty(), EntryPayloads.NONE);
    }

    static RaftTransportConfig config(String id, int port, EmptyVoters emptyVoters) {
        return config(CLUSTER, id, port, Optional.empty(), EntryPayloads.NONE, emptyVoters);
    }

    static RaftTransportConfig config(
            String cluster, String id, int port, Optional<RaftTls> tls, EntryPayloads payloads) {
        return config(cluster, id, port, tls, payloads, EmptyVoters.NONE);
    }

    private static RaftTransportConfig config(
            String cluster,
            String id,
            int port,
            Optional<RaftTls> tls,
            EntryPayloads payloads,
            EmptyVoters emptyVoters) {
        return new RaftTransportConfig(
                cluster,
                id,
                ServerKind.PARTITIONS,
                "127.0.0.1",
                port,
                Duration.ofSeconds(3),
                new Window(16, 1 << 20, 64 << 10),
                4 << 20,
                1,
                tls,
                payloads,
                emptyVoters);
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<Integer> ports = new ArrayList<>();
        List<ServerSocket> sockets = new ArrayList<>();
        for (int port = 12_000 + (int) (ProcessHandle.current().pid() % 15_000); ports.size() < count; port++) {
            try {
                sockets.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
                ports.add(port);
            } catch (IOException e) {
                // Somebody has it; the next one.
                continue;
            }
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    void startAll() throws IOException {
        for (RaftPeer peer : group.getPeers()) {
            start(peer.getId().toString());
        }
    }

    void start(String id) throws IOException {
        start(id, new TextLog());
    }

    void start(String id, TextLog log) throws IOException {
        logs.put(id, log);
        RaftServer server = RaftServer.newBuilder()
                .setServerId(group.getPeers().stream()
                        .map(RaftPeer::getId)
                        .filter(peer -> peer.toString().equals(id))
                        .findFirst()
                        .orElseThrow())
                .setGroup(group)
                .setOption(RaftStorage.StartupOption.RECOVER)
                .setProperties(properties(id))
                .setParameters(transports.apply(id).parameters())
                .setStateMachineRegistry(groupId -> groupId.equals(group.getGroupId()) ? log : new TextLog())
                .build();
        servers.put(id, server);
        server.start();
    }

    private RaftProperties properties(String id) {
        RaftProperties raft = new RaftProperties();
        RaftConfigKeys.Rpc.setType(raft, new NettyRpcType());
        RaftServerConfigKeys.setStorageDir(raft, List.of(directory.resolve(id).toFile()));
        RaftServerConfigKeys.Rpc.setTimeoutMin(raft, time(ELECTION_MIN));
        RaftServerConfigKeys.Rpc.setTimeoutMax(raft, time(ELECTION_MAX));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(raft, time(Duration.ofMillis(50)));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(raft, time(Duration.ofMillis(200)));
        RaftServerConfigKeys.setCloseThreshold(raft, TimeDuration.valueOf(1, TimeUnit.HOURS));
        RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(raft, false);
        RaftServerConfigKeys.Log.setPreallocatedSize(raft, SizeInBytes.valueOf("16KB"));
        RaftServerConfigKeys.Log.setWriteBufferSize(raft, SizeInBytes.valueOf(1 << 20));
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(raft, SizeInBytes.valueOf(512 << 10));
        RaftServerConfigKeys.Log.Appender.setWaitTimeMin(raft, TimeDuration.ZERO);
        settings.accept(raft);
        return raft;
    }

    private static TimeDuration time(Duration duration) {
        return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Adds groups with the same members, on all of them. */
    void addGroups(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            RaftGroup another = RaftGroup.valueOf(RaftGroupId.randomId(), group.getPeers());
            for (RaftServer server : servers.values()) {
                server.groupManagement(GroupManagementRequest.newAdd(
                        clientId, server.getId(), callIds.incrementAndGet(), another, true));
            }
        }
    }

    /** Ends a server as the end of its process would. */
    void stop(String id) throws IOException {
        servers.remove(id).close();
    }

    RaftServer server(String id) {
        return servers.get(id);
    }

    RaftServer.Division division(String id) throws IOException {
        return servers.get(id).getDivision(group.getGroupId());
    }

    List<String> lines(String id) {
        return logs.get(id).lines();
    }

    /** The server that leads in the newest term of all that take themselves for leaders. */
    Optional<String> leader() throws IOException {
        String newest = null;
        long term = -1;
        for (String id : servers.keySet()) {
            RaftServer.Division division = division(id);
            if (division.getInfo().isLeaderReady() && division.getInfo().getCurrentTerm() > term) {
                newest = id;
                term = division.getInfo().getCurrentTerm();
            }
        }
        return Optional.ofNullable(newest);
    }

    /** Asks one server, which answers whether it leads. */
    CompletableFuture<RaftClientReply> propose(String id, String line) throws IOException {
        RaftClientRequest request = RaftClientRequest.newBuilder()
                .setClientId(clientId)
                .setServerId(servers.get(id).getId())
                .setGroupId(group.getGroupId())
                .setCallId(callIds.incrementAndGet())
                .setMessage(Message.valueOf(line))
                .setType(RaftClientRequest.writeRequestType())
                .build();
        return ((RaftClientAsynchronousProtocol) division(id)).submitClientRequestAsync(request);
    }

    @Override
    public void close() throws IOException {
        for (RaftServer server : servers.values()) {
            server.close();
        }
    }
}
