package io.barnabas.net.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.net.raft.RaftTransportConfig.ServerKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Single faults, and what the transport owes when they are over. */
class RaftTransportOutagesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ChannelKind[] ALL = ChannelKind.values();

    @TempDir
    Path directory;

    private final Violations violations = new Violations();
    private final FaultyNetwork network = new FaultyNetwork(new SplittableRandom(1));
    private LedgerCluster cluster;
    private LedgerWriter writer;
    private LedgerChecks checks;
    private RaftGroup group;

    private void start(int groups, Consumer<RaftProperties> settings) throws IOException {
        cluster = new LedgerCluster(directory, 3, groups, network, violations, settings).startAll();
        writer = new LedgerWriter(cluster, new SplittableRandom(2));
        checks = new LedgerChecks(cluster, writer);
        group = cluster.groups.getFirst();
        checks.progress();
    }

    @AfterEach
    void stop() throws IOException {
        writer.close();
        cluster.close();
    }

    /** For tests in which a leader must not lose its lead because the machine is busy. */
    private static void keepLeaders(RaftProperties raft) {
        RaftServerConfigKeys.Rpc.setTimeoutMin(raft, TimeDuration.valueOf(5, TimeUnit.SECONDS));
        RaftServerConfigKeys.Rpc.setTimeoutMax(raft, TimeDuration.valueOf(10, TimeUnit.SECONDS));
    }

    private void assertWellAgain() throws IOException {
        checks.progress();
        checks.logsMatch();
        checks.nothingLost();
        violations.assertNone();
    }

    private String leader() {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> cluster.leader(group), Optional::isPresent)
                .orElseThrow();
    }

    private List<String> others(String than) {
        return cluster.nodes().stream().filter(node -> !node.equals(than)).toList();
    }

    private void isolate(String node) {
        for (String other : others(node)) {
            network.cut(node, other, ALL);
            network.cut(other, node, ALL);
        }
    }

    @Test
    void aWriteWhoseAnswersWereLostIsAcknowledgedWithoutAnother() throws Exception {
        start(1, raft -> {});
        String leader = leader();
        others(leader).forEach(follower -> network.cut(follower, leader, ChannelKind.DATA));
        CompletableFuture<RaftClientReply> reply = writer.write(group, leader, writer.line(1_000));
        await().atMost(PATIENCE).until(() -> others(leader).stream().allMatch(this::hasLogOfLeader));
        network.heal();
        assertThat(reply.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).isSuccess())
                .isTrue();
        assertWellAgain();
    }

    private boolean hasLogOfLeader(String follower) {
        try {
            return cluster.division(follower, group)
                    .getRaftLog()
                    .getLastEntryTermIndex()
                    .equals(cluster.division(leader(), group).getRaftLog().getLastEntryTermIndex());
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void anIsolatedLeaderStepsDownUnderATrickleOfWritesAndItsLateEntriesAreRefused() throws Exception {
        start(3, raft -> {});
        String old = leader();
        long term = cluster.division(old, group).getInfo().getCurrentTerm();
        isolate(old);
        List<CompletableFuture<RaftClientReply>> lost = new ArrayList<>();
        long cut = System.nanoTime();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> {
            lost.add(writer.write(group, old, writer.line(200)));
            return !cluster.division(old, group).getInfo().isLeader();
        });
        assertThat(Duration.ofNanos(System.nanoTime() - cut))
                .as("two election timeouts, and what a busy machine adds")
                .isLessThan(LedgerCluster.ELECTION_MAX.multipliedBy(2).plusSeconds(1));
        await().atMost(PATIENCE).until(() -> !leader().equals(old));
        String next = leader();
        assertThat(cluster.division(next, group).getInfo().getCurrentTerm()).isGreaterThan(term);
        assertThat(writer.write(group, next, writer.line(300))
                        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .isSuccess())
                .isTrue();
        network.heal();
        assertWellAgain();
        for (CompletableFuture<RaftClientReply> reply : lost) {
            assertThat(reply).isDone();
            assertThat(reply.isCompletedExceptionally() || !reply.join().isSuccess())
                    .as("a write that only the isolated leader had")
                    .isTrue();
        }
    }

    @Test
    void aFrozenLeaderIsReplacedAndDoesNoHarmWhenItGoesOn() throws Exception {
        start(2, raft -> {});
        String old = leader();
        long term = cluster.division(old, group).getInfo().getCurrentTerm();
        network.freeze(old);
        // They wait in its buffers and leave when it goes on, long after others took over.
        for (int i = 0; i < 20; i++) {
            writer.write(group, old, writer.line(5_000));
        }
        await().atMost(PATIENCE).until(() -> !leader().equals(old));
        String next = leader();
        for (int i = 0; i < 20; i++) {
            assertThat(writer.write(group, next, writer.line(3_000))
                            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                            .isSuccess())
                    .isTrue();
        }
        network.thaw(old);
        assertWellAgain();
        assertThat(cluster.division(old, group).getInfo().getCurrentTerm()).isGreaterThan(term);
    }

    @Test
    void garbageClosesItsOwnConnectionOnly() throws Exception {
        // A connection that breaks makes its groups elect at once; a busy machine must not.
        start(1, RaftTransportOutagesTest::keepLeaders);
        String leader = leader();
        long term = cluster.division(leader, group).getInfo().getCurrentTerm();
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 60; i++) {
            String target = cluster.nodes().get(i % 3);
            try (Socket socket = greeted(target, LedgerCluster.CLUSTER)) {
                assertThat(readFrame(socket)[0]).isEqualTo(FrameType.WELCOME.code());
                byte[] garbage = new byte[random.nextInt(1, 200)];
                random.nextBytes(garbage);
                byte[] head = {0, 0, 0, (byte) garbage.length};
                if (i % 4 == 0) {
                    // More than is allowed, and a length below zero.
                    head[i % 8 == 0 ? 0 : 1] = i % 8 == 0 ? (byte) 0xFF : 0x7F;
                } else {
                    garbage[0] = FrameType.values()[random.nextInt(FrameType.values().length)].code();
                }
                socket.getOutputStream().write(head);
                socket.getOutputStream().write(garbage);
                assertThat(ends(socket)).as(i + " of seed " + seed).isTrue();
            }
        }
        assertThat(leader()).isEqualTo(leader);
        assertThat(cluster.division(leader, group).getInfo().getCurrentTerm()).isEqualTo(term);
        assertWellAgain();
    }

    @Test
    void aNodeOfAnotherClusterIsRefused() throws Exception {
        start(1, raft -> {});
        try (Socket socket = greeted("n1", "another")) {
            byte[] frame = readFrame(socket);
            assertThat(frame[0]).isEqualTo(FrameType.REFUSED.code());
            assertThat(new String(frame, 1, frame.length - 1, StandardCharsets.UTF_8))
                    .contains("belongs to cluster another");
            assertThat(ends(socket)).isTrue();
        }
        assertWellAgain();
    }

    private Socket greeted(String target, String clusterId) throws IOException {
        String address = cluster.peer(target).getAddress();
        Socket socket = new Socket("127.0.0.1", Integer.parseInt(address.substring(address.indexOf(':') + 1)));
        socket.setSoTimeout((int) PATIENCE.toMillis());
        ByteBuf hello = Frames.hello(
                ByteBufAllocator.DEFAULT,
                new Hello(Hello.VERSION, clusterId, "stranger", target, ServerKind.PARTITIONS, ChannelKind.DATA));
        byte[] bytes = new byte[hello.readableBytes()];
        hello.readBytes(bytes).release();
        socket.getOutputStream().write(bytes);
        return socket;
    }

    private static byte[] readFrame(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        return in.readNBytes(in.readInt());
    }

    /** Whether the other end closes the connection, or answers bytes that happen to be a request. */
    private static boolean ends(Socket socket) throws IOException {
        try {
            return readFrame(socket).length > 0;
        } catch (EOFException | SocketException e) {
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Test
    void aWipedFollowerGetsASnapshotInChunks() throws Exception {
        LedgerMachine machine = afterWipe(raft -> {});
        assertThat(machine.reloads()).isPositive();
        assertThat(machine.copies()).isZero();
    }

    @Test
    void aWipedFollowerThatIsToldCopiesByItself() throws Exception {
        LedgerMachine machine =
                afterWipe(raft -> RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(raft, false));
        assertThat(machine.copies()).isPositive();
    }

    /** A follower loses its disk while the network is bad, and comes back when the others have purged their logs. */
    private LedgerMachine afterWipe(Consumer<RaftProperties> settings) throws Exception {
        start(1, raft -> {
            RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(raft, true);
            RaftServerConfigKeys.Log.setPurgeGap(raft, 1);
            RaftServerConfigKeys.Log.setSegmentSizeMax(raft, SizeInBytes.valueOf("4KB"));
            RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(raft, SizeInBytes.valueOf("1KB"));
            keepLeaders(raft);
            settings.accept(raft);
        });
        String away = others(leader()).getFirst();
        cluster.stop(away);
        cluster.wipe(away);
        List<CompletableFuture<RaftClientReply>> replies = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            replies.add(writer.write(group, leader(), writer.line(i)));
        }
        for (CompletableFuture<RaftClientReply> reply : replies) {
            assertThat(reply.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).isSuccess())
                    .isTrue();
        }
        for (String node : others(away)) {
            await().atMost(PATIENCE).until(() -> snapshotBeyond(node, 50));
        }
        network.noise(new FaultyNetwork.Noise(0.02, 0.02, 0.1, 0.02, 20));
        cluster.start(away);
        await().atMost(PATIENCE)
                .until(() -> cluster.machine(away, group.getGroupId()).applied().size() >= 400);
        network.heal();
        assertWellAgain();
        return cluster.machine(away, group.getGroupId());
    }

    private boolean snapshotBeyond(String node, long index) throws Exception {
        cluster.server(node)
                .snapshotManagementAsync(SnapshotManagementRequest.newCreate(
                        ClientId.randomId(), LedgerCluster.id(node), group.getGroupId(), 1, 10_000, 1))
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return cluster.division(node, group).getRaftLog().getStartIndex() > index;
    }
}
