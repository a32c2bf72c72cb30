package io.barnabas.log.bench;

import io.barnabas.log.BatchClaims;
import io.barnabas.log.CleanerConfig;
import io.barnabas.log.AppendOutcome;
import io.barnabas.log.FlushMode;
import io.barnabas.log.LogConfig;
import io.barnabas.log.PartitionHostConfig;
import io.barnabas.log.PartitionReplica;
import io.barnabas.log.PartitionSpec;
import io.barnabas.log.QuiesceConfig;
import io.barnabas.log.RatisPartitionHost;
import io.barnabas.log.ScrubConfig;
import io.barnabas.log.ReadOutcome;
import io.barnabas.log.directory.LogDirectoryConfig;
import io.barnabas.log.index.IndexConfig;
import io.barnabas.log.segment.SegmentFiles;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/**
 * How long a node's partitions need to serve again: from the start of the process until each has answered a read and
 * taken an append that is on disk. Arguments: partitions, gigabytes in all, bytes of a batch. Each step is a process of
 * its own: one that fills the partitions and is killed, then some that open them and are closed or killed in turns, the
 * last with an empty page cache when {@code /proc/sys/vm/drop_caches} can be written.
 */
public final class RestartManyPartitions {

    private static final String ADDRESS = "127.0.0.1:19393";
    private static final int IN_FLIGHT = 64;
    private static final int KILLED = 137;

    private RestartManyPartitions() {}

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "fill" -> fill(Path.of(arguments[1]), Integer.parseInt(arguments[2]), Long.parseLong(arguments[3]),
                    Integer.parseInt(arguments[4]));
            case "open" -> open(Path.of(arguments[1]), arguments[2].equals("kill"));
            default -> measure(arguments);
        }
    }

    private static void measure(String[] arguments) throws Exception {
        Path directory = Directories.fresh("restart");
        try {
            long bytes = (long) (Double.parseDouble(arguments[1]) * 1e9);
            child("fill", directory.toString(), arguments[0], Long.toString(bytes), arguments[2]);
            open("killed under load", directory, "close");
            open("closed", directory, "kill");
            open("killed when idle", directory, "close");
            String empty = dropPageCache() ? ", page cache empty" : ", page cache as it was";
            open("closed" + empty, directory, "kill");
            dropPageCache();
            open("killed when idle" + empty, directory, "close");
        } finally {
            Directories.delete(directory);
        }
    }

    private static void open(String left, Path directory, String leave) throws IOException, InterruptedException {
        System.out.print(left + ": ");
        child("open", directory.toString(), leave);
    }

    private static boolean dropPageCache() {
        try {
            new ProcessBuilder("sync").start().waitFor();
            Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "3\n");
            return true;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void child(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                RestartManyPartitions.class.getName()));
        command.addAll(List.of(arguments));
        int code = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (code != 0 && code != KILLED) {
            throw new IOException("exit code " + code + " of " + command);
        }
    }

    private static void fill(Path directory, int partitions, long bytes, int batchBytes) throws Exception {
        BatchSource batches = BatchSource.of(batchBytes, 1000, 1_000);
        try (RatisPartitionHost host = host(directory, FlushMode.ASYNC)) {
            List<PartitionSpec.Peer> peers = List.of(new PartitionSpec.Peer(1, ADDRESS));
            List<PartitionReplica> replicas = new ArrayList<>();
            for (int i = 0; i < partitions; i++) {
                replicas.add(host.add(new PartitionSpec(new UUID(1, i), "t", i, peers, LogConfig.DEFAULT))
                        .join());
            }
            for (PartitionReplica replica : replicas) {
                awaitLeader(replica);
            }
            long each = bytes / partitions / batches.sizeInBytes();
            Deque<CompletableFuture<AppendOutcome>> waiting = new ArrayDeque<>();
            // Round robin, so that nothing of one partition lies together on the disk.
            for (long n = 0; n < each; n++) {
                for (PartitionReplica replica : replicas) {
                    waiting.add(replica.append(batches.bytes(), PartitionReplica.Acks.MAJORITY));
                    if (waiting.size() > IN_FLIGHT) {
                        check(waiting.removeFirst().join());
                    }
                }
            }
            waiting.forEach(last -> check(last.join()));
            Runtime.getRuntime().halt(KILLED);
        }
    }

    private static void check(AppendOutcome outcome) {
        if (!(outcome instanceof AppendOutcome.Appended)) {
            throw new IllegalStateException(outcome.toString());
        }
    }

    private static void awaitLeader(PartitionReplica replica) {
        while (!replica.leadership().local()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static void open(Path directory, boolean kill) throws Exception {
        long started = ManagementFactory.getRuntimeMXBean().getStartTime();
        long main = System.currentTimeMillis();
        BatchSource batch = BatchSource.of(1024, 1000, 2_000);
        RatisPartitionHost host = host(directory, FlushMode.SYNC);
        long opened = System.currentTimeMillis();
        long stored = 0;
        for (PartitionReplica replica : host.replicas()) {
            long end = replica.offsets().highWatermark();
            if (replica.status().failure().isPresent()) {
                throw new IllegalStateException(replica + " " + replica.status().failure());
            }
            stored += replica.status().sizeInBytes();
            awaitLeader(replica);
            read(replica, 0);
            read(replica, Math.max(0, end - 1));
        }
        long readable = System.currentTimeMillis();
        List<CompletableFuture<AppendOutcome>> appends = host.replicas().stream()
                .map(replica -> replica.append(batch.bytes(), PartitionReplica.Acks.MAJORITY))
                .toList();
        appends.forEach(append -> check(append.join()));
        long serving = System.currentTimeMillis();
        System.out.printf(
                Locale.ROOT,
                "%d partitions, %.1f GB: main after %d ms, opened after %d, all read after %d, all appended after %d ms%n",
                host.replicas().size(),
                stored / 1e9,
                main - started,
                opened - started,
                readable - started,
                serving - started);
        if (kill) {
            Runtime.getRuntime().halt(KILLED);
        }
        host.close();
    }

    private static void read(PartitionReplica replica, long offset) throws IOException {
        if (!(replica.read(offset, 1, true) instanceof ReadOutcome.Records found)) {
            throw new IllegalStateException(replica + " cannot be read");
        }
        ByteBuffer bytes = ByteBuffer.allocate(found.records().sizeInBytes());
        long at = found.records().position();
        while (bytes.hasRemaining()) {
            at += found.records().channel().read(bytes, at);
        }
        found.records().release();
    }

    /** With the Raft settings of a node that matter here. */
    private static RatisPartitionHost host(Path directory, FlushMode flushMode) throws IOException {
        RaftProperties raft = new RaftProperties();
        RaftConfigKeys.Rpc.setType(raft, SupportedRpcType.GRPC);
        GrpcConfigKeys.Server.setHost(raft, "127.0.0.1");
        GrpcConfigKeys.Server.setPort(raft, Integer.parseInt(ADDRESS.substring(ADDRESS.indexOf(':') + 1)));
        RaftServerConfigKeys.Rpc.setTimeoutMin(raft, TimeDuration.valueOf(400, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Rpc.setTimeoutMax(raft, TimeDuration.valueOf(800, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(raft, TimeDuration.valueOf(100, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(raft, TimeDuration.valueOf(400, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Log.setSegmentSizeMax(raft, SizeInBytes.valueOf("4MB"));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(raft, 1);
        RaftServerConfigKeys.Log.setPreallocatedSize(raft, SizeInBytes.valueOf("64KB"));
        RaftServerConfigKeys.Log.setForceSyncNum(raft, 4096);
        RaftServerConfigKeys.Log.setLogMetadataEnabled(raft, false);
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(raft, SizeInBytes.valueOf("4MB"));
        RaftServerConfigKeys.Log.setWriteBufferSize(raft, SizeInBytes.valueOf(4 * 1024 * 1024 + 8L));
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(raft, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(raft, 100_000);
        RaftServerConfigKeys.ThreadPool.setProxyCached(raft, false);
        RaftServerConfigKeys.ThreadPool.setProxySize(raft, 8);
        return RatisPartitionHost.open(new PartitionHostConfig(
                1,
                ADDRESS,
                List.of(new LogDirectoryConfig("bench", directory, Optional.empty())),
                directory.resolve("replica-places"),
                IndexConfig.DEFAULT,
                raft,
                new Parameters(),
                BatchClaims.inline(),
                LogConfig.DEFAULT,
                flushMode,
                1_000,
                TimeUnit.DAYS.toMillis(1),
                (leader, groupId) -> {
                    throw new IOException("there is nobody to copy from");
                },
                0,
                TimeUnit.HOURS.toMillis(1),
                CleanerConfig.DEFAULT,
                ScrubConfig.OFF,
                SegmentFiles.direct(),
                Long.MAX_VALUE,
                (failed, reason, remaining) -> System.err.println(failed + ": " + reason),
                QuiesceConfig.NEVER));
    }
}
