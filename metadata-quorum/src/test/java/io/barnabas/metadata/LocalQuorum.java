package io.barnabas.metadata;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Nodes of one metadata quorum on loopback, each with a directory of its own. */
final class LocalQuorum implements AutoCloseable {

    static final Duration NODE_TIMEOUT = Duration.ofSeconds(2);

    private final Path directory;
    private final long snapshotEvery;
    private final Duration proposalTimeout;
    private final SortedMap<Integer, String> voters = new TreeMap<>();
    private final Map<Integer, String> addresses = new HashMap<>();
    private final Map<Integer, RatisMetadataQuorum> running = new ConcurrentHashMap<>();

    LocalQuorum(Path directory, int voterCount, long snapshotEvery) throws IOException {
        this(directory, voterCount, snapshotEvery, Duration.ofSeconds(15));
    }

    LocalQuorum(Path directory, int voterCount, long snapshotEvery, Duration proposalTimeout) throws IOException {
        this.directory = directory;
        this.snapshotEvery = snapshotEvery;
        this.proposalTimeout = proposalTimeout;
        for (int id = 1; id <= voterCount; id++) {
            voters.put(id, address(id));
        }
        for (int id = 1; id <= voterCount; id++) {
            start(id);
        }
    }

    String address(int id) {
        return addresses.computeIfAbsent(id, i -> "127.0.0.1:" + freePort());
    }

    /** Below the ports that the system gives to outgoing connections, where a stopped node would lose its own. */
    private static int freePort() {
        return ThreadLocalRandom.current()
                .ints(10_000, 30_000)
                .filter(LocalQuorum::isFree)
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

    MetadataQuorum start(int id) throws IOException {
        RaftProperties raft = new RaftProperties();
        RaftConfigKeys.Rpc.setType(raft, SupportedRpcType.GRPC);
        String address = address(id);
        GrpcConfigKeys.Server.setHost(raft, "127.0.0.1");
        GrpcConfigKeys.Server.setPort(raft, Integer.parseInt(address.substring(address.indexOf(':') + 1)));
        RaftServerConfigKeys.Rpc.setTimeoutMin(raft, TimeDuration.valueOf(150, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Rpc.setTimeoutMax(raft, TimeDuration.valueOf(300, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Log.setPreallocatedSize(raft, SizeInBytes.valueOf("16KB"));
        RaftServerConfigKeys.Log.setSegmentSizeMax(raft, SizeInBytes.valueOf("4KB"));
        RaftServerConfigKeys.Log.setPurgeGap(raft, 1);
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(raft, true);
        // A snapshot that meets a stopped node is tried again after all its chunks could have been answered.
        GrpcConfigKeys.Server.setInstallSnapshotRequestElementLimit(raft, 4);
        GrpcConfigKeys.Server.setInstallSnapshotRequestTimeout(raft, TimeDuration.valueOf(250, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(raft, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(raft, snapshotEvery);
        RatisMetadataQuorum quorum = RatisMetadataQuorum.open(new MetadataQuorumConfig(
                id, voters, address, storage(id), raft, new Parameters(), proposalTimeout, NODE_TIMEOUT, reason -> {}));
        running.put(id, quorum);
        return quorum;
    }

    Path storage(int id) {
        return directory.resolve("node-" + id);
    }

    void stop(int id) {
        running.remove(id).close();
    }

    RatisMetadataQuorum node(int id) {
        return running.get(id);
    }

    List<Integer> ids() {
        return List.copyOf(running.keySet());
    }

    int leader() {
        return await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> {
                            for (Map.Entry<Integer, RatisMetadataQuorum> node : running.entrySet()) {
                                if (node.getValue().division().getInfo().isLeaderReady()) {
                                    return node.getKey();
                                }
                            }
                            return -1;
                        },
                        id -> id > 0);
    }

    @Override
    public void close() {
        ids().forEach(this::stop);
    }
}
