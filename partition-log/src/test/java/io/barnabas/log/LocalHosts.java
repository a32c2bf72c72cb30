package io.barnabas.log;

import static org.awaitility.Awaitility.await;

import io.barnabas.log.directory.LogDirectoryConfig;
import io.barnabas.log.index.IndexConfig;
import io.barnabas.log.segment.SegmentFiles;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Several partition hosts on loopback, each with a directory of its own, as the nodes of a cluster would run them. */
final class LocalHosts implements AutoCloseable {

    private final Path directory;
    private final FlushMode flushMode;
    private final IntFunction<SegmentFiles> files;
    private final int disks;
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final Consumer<RaftProperties> tuning;
    private volatile ScrubConfig scrub = ScrubConfig.OFF;
    private final Set<Integer> cutOff = ConcurrentHashMap.newKeySet();
    private volatile long idleMs;
    private final AtomicInteger copied = new AtomicInteger();
    private final List<PartitionSpec.Peer> peers = new ArrayList<>();
    private final Map<Integer, RatisPartitionHost> running = new ConcurrentHashMap<>();

    LocalHosts(Path directory, int count, FlushMode flushMode) throws IOException {
        this(directory, count, flushMode, id -> SegmentFiles.direct());
    }

    /** With the file system of each node's segments. */
    LocalHosts(Path directory, int count, FlushMode flushMode, IntFunction<SegmentFiles> files) throws IOException {
        this(directory, count, flushMode, 1, files);
    }

    /** With {@code disks} log directories for each host, too. */
    LocalHosts(Path directory, int count, FlushMode flushMode, int disks, IntFunction<SegmentFiles> files)
            throws IOException {
        this(directory, count, flushMode, disks, files, raft -> {});
    }

    /** With other Raft settings than the rest, too. */
    LocalHosts(
            Path directory,
            int count,
            FlushMode flushMode,
            int disks,
            IntFunction<SegmentFiles> files,
            Consumer<RaftProperties> tuning)
            throws IOException {
        this(directory, count, flushMode, disks, files, tuning, 0);
    }

    /** With partitions that go to rest after {@code idleMs}, too. */
    LocalHosts(
            Path directory,
            int count,
            FlushMode flushMode,
            int disks,
            IntFunction<SegmentFiles> files,
            Consumer<RaftProperties> tuning,
            long idleMs)
            throws IOException {
        this.idleMs = idleMs;
        this.files = files;
        this.disks = disks;
        this.tuning = tuning;
        this.directory = directory;
        this.flushMode = flushMode;
        for (int id = 1; id <= count; id++) {
            peers.add(new PartitionSpec.Peer(id, "127.0.0.1:" + freePort()));
        }
        for (int id = 1; id <= count; id++) {
            start(id);
        }
    }

    /** Below the ports that the system gives to outgoing connections, where a stopped host would lose its own. */
    private static int freePort() throws IOException {
        for (int port = ThreadLocalRandom.current().nextInt(10_000, 30_000); ; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException e) {
                if (port > 32_000) {
                    throw e;
                }
            }
        }
    }

    Path directory(int id) {
        return directory.resolve("node-" + id);
    }

    /** The log directories of a host: a name that is missing begins with nothing, a file in its place is offline. */
    private List<LogDirectoryConfig> directories(int id) {
        return IntStream.range(0, disks)
                .mapToObj(number -> disk(id, number))
                .map(path -> new LogDirectoryConfig(
                        path.getFileName().toString(),
                        path,
                        Files.isRegularFile(path) ? Optional.of(path + " is a file") : Optional.empty()))
                .toList();
    }

    Path disk(int id, int number) {
        return disks == 1 ? directory(id) : directory(id).resolve("disk-" + number);
    }

    RatisPartitionHost start(int id) throws IOException {
        String address = peers.get(id - 1).address();
        RaftProperties raft = new RaftProperties();
        RaftConfigKeys.Rpc.setType(raft, SupportedRpcType.GRPC);
        GrpcConfigKeys.Server.setHost(raft, "127.0.0.1");
        GrpcConfigKeys.Server.setPort(raft, Integer.parseInt(address.substring(address.indexOf(':') + 1)));
        RaftServerConfigKeys.Rpc.setTimeoutMin(raft, TimeDuration.valueOf(300, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Rpc.setTimeoutMax(raft, TimeDuration.valueOf(600, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Log.setPreallocatedSize(raft, SizeInBytes.valueOf("16KB"));
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(raft, SizeInBytes.valueOf("4MB"));
        RaftServerConfigKeys.Log.setWriteBufferSize(raft, SizeInBytes.valueOf(4 * 1024 * 1024 + 8L));
        Files.createDirectories(directory(id));
        tuning.accept(raft);
        RatisPartitionHost host = RatisPartitionHost.open(new PartitionHostConfig(
                id,
                address,
                directories(id),
                directory(id).resolve("replica-places"),
                IndexConfig.DEFAULT,
                raft,
                new Parameters(),
                BatchClaims.inline(),
                LogConfig.DEFAULT,
                flushMode,
                100,
                TimeUnit.DAYS.toMillis(1),
                this::copyFrom,
                0,
                100,
                new CleanerConfig(true, 1 << 20, Double.MAX_VALUE, 100),
                scrub,
                files.apply(id),
                Long.MAX_VALUE,
                (failed, reason, remaining) -> failures.add(failed.getFileName() + ", left " + remaining),
                quiesce(id)));
        running.put(id, host);
        return host;
    }

    private QuiesceConfig quiesce(int id) {
        return new QuiesceConfig(
                idleMs,
                Integer.MAX_VALUE,
                (to, message) -> {
                    RatisPartitionHost asked = running.get(to);
                    return asked == null || cutOff.contains(to) || cutOff.contains(id)
                            ? CompletableFuture.failedFuture(new IOException("node " + to + " is not there"))
                            : asked.resting().answer(message);
                },
                () -> !cutOff.contains(id));
    }

    /** After how long partitions go to rest on the hosts that start from now on; 0 for never. */
    void quiesceAfter(long ms) {
        idleMs = ms;
    }

    /** Hosts that the others cannot ask to rest or wake, and that the cluster does not count on. */
    Set<Integer> cutOff() {
        return cutOff;
    }

    /** Of the hosts that start from now on. */
    void scrub(ScrubConfig config) {
        scrub = config;
    }

    /** What the hosts said of failing directories. */
    List<String> failures() {
        return failures;
    }

    /** A copy that comes straight from the leader's object, where a node would ask over the network. */
    private CatchUpSource.Session copyFrom(int leader, UUID groupId) {
        PartitionReplica replica = running.get(leader).replica(groupId).orElseThrow();
        return new CatchUpSource.Session() {
            @Override
            public byte[] appliedState() throws IOException {
                return replica.appliedState().orElseThrow(() -> new IOException("does not lead"));
            }

            @Override
            public ByteBuffer read(long offset, int maxBytes) throws IOException {
                if (!(replica.read(offset, maxBytes, true) instanceof ReadOutcome.Records found)) {
                    throw new IOException("cannot read at offset " + offset);
                }
                copied.incrementAndGet();
                return Batches.bytesOf(found.records());
            }

            @Override
            public void close() {}
        };
    }

    /** How many reads bulk copies have made. */
    int copied() {
        return copied.get();
    }

    void stop(int id) {
        running.remove(id).close();
    }

    PartitionSpec.Peer peer(int id) {
        return peers.get(id - 1);
    }

    RatisPartitionHost host(int id) {
        return running.get(id);
    }

    /** Adds the partition on every running host. */
    UUID create(String topic, LogConfig config) {
        UUID groupId = UUID.randomUUID();
        add(groupId, topic, config);
        return groupId;
    }

    void add(UUID groupId, String topic, LogConfig config) {
        PartitionSpec spec = new PartitionSpec(groupId, topic, 0, peers, config);
        CompletableFuture.allOf(
                        running.values().stream().map(host -> host.add(spec)).toArray(CompletableFuture[]::new))
                .join();
    }

    /** The replica that leads and serves, once there is one. */
    PartitionReplica leader(UUID groupId) {
        return await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> running.values().stream()
                                .flatMap(host -> host.replica(groupId).stream())
                                .filter(replica -> replica.leadership().local())
                                .findFirst()
                                .orElse(null),
                        leader -> leader != null);
    }

    @Override
    public void close() {
        List.copyOf(running.keySet()).forEach(this::stop);
    }
}
