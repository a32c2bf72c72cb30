package io.barnabas.metadata.bench;

import io.barnabas.metadata.MetadataQuorumConfig;
import io.barnabas.metadata.RatisMetadataQuorum;
import io.barnabas.metadata.group.GroupCoordinator;
import io.barnabas.metadata.group.GroupCoordinatorConfig;
import io.barnabas.metadata.group.NodeGroupCoordinator;
import io.barnabas.metadata.rules.CommandReply;
import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.group.GroupRequest;
import io.barnabas.metadata.rules.group.GroupResponse;
import io.barnabas.metadata.rules.group.GroupSettings;
import io.barnabas.metadata.rules.group.GroupShards;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Voters in this process below {@code target/bench}, set up as a node does it, each with its group coordinator. */
final class BenchQuorum implements AutoCloseable {

    static final UUID TOPIC = new UUID(7, 7);

    private final SortedMap<Integer, String> addresses = new TreeMap<>();
    private final Map<Integer, RatisMetadataQuorum> nodes = new ConcurrentHashMap<>();
    private final Map<Integer, GroupCoordinator> coordinators = new ConcurrentHashMap<>();
    private final ScheduledExecutorService heartbeats = Executors.newSingleThreadScheduledExecutor();

    static BenchQuorum start(int count) throws Exception {
        BenchQuorum quorum = new BenchQuorum();
        Path directory = Path.of("target", "bench", "quorum-" + System.currentTimeMillis());
        for (int id = 1; id <= count; id++) {
            quorum.addresses.put(id, "127.0.0.1:" + freePort());
        }
        for (int id = 1; id <= count; id++) {
            quorum.open(id, directory.resolve("node-" + id));
        }
        quorum.accept(1, new MetadataCommand.InitCluster("bench"));
        for (int id = 1; id <= count; id++) {
            quorum.join(id);
        }
        List<List<Integer>> replicas = List.of(List.of(1));
        quorum.accept(1, new MetadataCommand.CreateTopic(TOPIC, "topic", 0, 0, replicas, Map.of()));
        quorum.awaitCoordinators();
        return quorum;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void open(int id, Path storage) throws IOException {
        RaftProperties raft = new RaftProperties();
        RaftConfigKeys.Rpc.setType(raft, SupportedRpcType.GRPC);
        String address = addresses.get(id);
        GrpcConfigKeys.Server.setHost(raft, "127.0.0.1");
        GrpcConfigKeys.Server.setPort(raft, Integer.parseInt(address.substring(address.indexOf(':') + 1)));
        GrpcConfigKeys.setFlowControlWindow(raft, SizeInBytes.valueOf("4MB"));
        RaftServerConfigKeys.Rpc.setTimeoutMin(raft, TimeDuration.valueOf(500, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Rpc.setTimeoutMax(raft, TimeDuration.valueOf(1_000, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Log.setSegmentSizeMax(raft, SizeInBytes.valueOf("16MB"));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(raft, 2);
        RaftServerConfigKeys.Log.setPreallocatedSize(raft, SizeInBytes.valueOf("64KB"));
        RaftServerConfigKeys.Log.setForceSyncNum(raft, 4_096);
        RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(raft, false);
        RaftServerConfigKeys.Log.Appender.setWaitTimeMin(raft, TimeDuration.ZERO);
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(raft, SizeInBytes.valueOf("8MB"));
        RaftServerConfigKeys.Log.setWriteBufferSize(raft, SizeInBytes.valueOf((8L << 20) + 8));
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(raft, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(raft, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(raft, 10_000);
        nodes.put(
                id,
                RatisMetadataQuorum.open(new MetadataQuorumConfig(
                        id,
                        addresses,
                        address,
                        storage,
                        raft,
                        new Parameters(),
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(3),
                        reason -> System.err.println("storage failed: " + reason))));
    }

    private void join(int id) throws Exception {
        CommandReply reply = accept(
                id,
                new MetadataCommand.RegisterNode(
                        "bench",
                        id,
                        UUID.randomUUID(),
                        List.of(new Endpoint("PLAINTEXT", "127.0.0.1", 9092)),
                        addresses.get(id),
                        "127.0.0.1:1",
                        Optional.empty()));
        long epoch = ((CommandReply.NodeEpoch) reply).epoch();
        heartbeats.scheduleWithFixedDelay(() -> heartbeat(id, epoch), 0, 500, TimeUnit.MILLISECONDS);
        coordinators.put(
                id,
                NodeGroupCoordinator.open(
                        nodes.get(id),
                        new GroupCoordinatorConfig(id, GroupSettings.DEFAULT, System::currentTimeMillis, () -> true)));
    }

    private void heartbeat(int id, long epoch) {
        RatisMetadataQuorum node = nodes.get(id);
        if (node != null) {
            node.heartbeat(epoch);
        }
    }

    private CommandReply accept(int id, MetadataCommand command) throws Exception {
        CommandResult result = nodes.get(id).propose(command).get(20, TimeUnit.SECONDS);
        return ((CommandResult.Accepted) result).reply();
    }

    /** Until every shard is served. */
    private void awaitCoordinators() throws Exception {
        List<String> groups = new ArrayList<>();
        for (int i = 0; i < 10 * GroupShards.COUNT; i++) {
            groups.add("group-" + i);
        }
        while (!groups.isEmpty()) {
            String group = groups.getLast();
            GroupResponse read = coordinator(1, group)
                    .submit(new GroupRequest.ReadOffsets(
                            group, Optional.empty(), GroupRequest.NO_GENERATION, Optional.empty()))
                    .get(20, TimeUnit.SECONDS);
            if (read instanceof GroupResponse.OffsetsRead) {
                groups.removeLast();
            } else {
                Thread.sleep(20);
            }
        }
    }

    /** A commit of one partition by a client outside the group. */
    static GroupRequest commit(String group, long offset) {
        return new GroupRequest.CommitOffsets(
                group,
                "",
                Optional.empty(),
                GroupRequest.NO_GENERATION,
                Optional.empty(),
                List.of(new GroupRequest.OffsetToCommit(TOPIC, "topic", 0, offset, 1, "")));
    }

    RatisMetadataQuorum node(int id) {
        return nodes.get(id);
    }

    /** The group's coordinator as the node sees it, or that node's own while it is one that is stopped. */
    GroupCoordinator coordinator(int node, String group) {
        return coordinators.getOrDefault(
                nodes.get(node).image().coordinator(group).nodeId(), coordinators.get(node));
    }

    /** Ends a node's part without a word to the others. */
    void stop(int id) throws Exception {
        RatisMetadataQuorum node = nodes.remove(id);
        coordinators.remove(id).close();
        node.close();
    }

    @Override
    public void close() {
        heartbeats.shutdownNow();
        coordinators.values().forEach(coordinator -> {
            try {
                coordinator.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        nodes.values().forEach(RatisMetadataQuorum::close);
    }
}
