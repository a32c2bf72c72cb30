package io.barnabas.net.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaftTransportTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void whatALeaderAcknowledgesIsOnEveryNodeAndOutlivesTheLeader() throws Exception {
        try (LocalServers servers = LocalServers.started(directory, null)) {
            String leader = awaitLeader(servers);
            List<String> sent = proposeAll(servers, leader, "first", 2_000);
            awaitLines(servers, List.of("1", "2", "3"), sent);

            servers.stop(leader);
            String next = awaitLeader(servers);
            assertThat(next).isNotEqualTo(leader);
            sent.addAll(proposeAll(servers, next, "second", 500));
            servers.start(leader);
            awaitLines(servers, List.of("1", "2", "3"), sent);
        }
    }

    @Test
    void entriesLargerThanAWindowArriveToo() throws Exception {
        try (LocalServers servers = LocalServers.started(directory, null)) {
            String leader = awaitLeader(servers);
            String large = "x".repeat(300_000);
            List<CompletableFuture<RaftClientReply>> replies = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                replies.add(servers.propose(leader, large + i));
            }
            for (CompletableFuture<RaftClientReply> reply : replies) {
                assertThat(reply.get(30, TimeUnit.SECONDS).isSuccess()).isTrue();
            }
            awaitLines(
                    servers,
                    List.of("1", "2", "3"),
                    IntStream.range(0, 12).mapToObj(i -> large + i).toList());
        }
    }

    @Test
    void payloadsTravelBesideTheirEntries() throws Exception {
        Map<String, Payloads> payloads = new ConcurrentHashMap<>();
        try (LocalServers servers = new LocalServers(
                directory,
                3,
                raft -> {},
                (id, port) -> LocalServers.transport(
                        LocalServers.config(
                                LocalServers.CLUSTER,
                                id,
                                port,
                                Optional.empty(),
                                payloads.computeIfAbsent(id, any -> new Payloads())),
                        null))) {
            servers.startAll();
            String leader = awaitLeader(servers);
            List<String> sent = proposeAll(servers, leader, "line", 300);
            awaitLines(servers, List.of("1", "2", "3"), sent);
            for (String id : List.of("1", "2", "3")) {
                if (!id.equals(leader)) {
                    Payloads of = payloads.get(id);
                    assertThat(of.texts.values())
                            .containsAll(sent.stream().map(Payloads::payload).toList());
                    await().atMost(PATIENCE).until(() -> of.held.get() == 0);
                }
            }
        }
    }

    @Test
    void aFollowerThatWasAwayTooLongGetsASnapshotInChunks() throws Exception {
        try (LocalServers servers = new LocalServers(
                directory,
                3,
                raft -> {
                    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(raft, true);
                    RaftServerConfigKeys.Log.setPurgeGap(raft, 1);
                    RaftServerConfigKeys.Log.setSegmentSizeMax(raft, SizeInBytes.valueOf("4KB"));
                    RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(raft, SizeInBytes.valueOf("1KB"));
                },
                (id, port) -> LocalServers.transport(LocalServers.config(id, port), null))) {
            servers.startAll();
            String leader = awaitLeader(servers);
            String away = leader.equals("1") ? "2" : "1";
            List<String> sent = proposeAll(servers, leader, "early", 10);
            awaitLines(servers, List.of("1", "2", "3"), sent);
            servers.stop(away);
            leader = awaitLeader(servers);
            sent.addAll(proposeAll(servers, leader, "missed", 500));
            for (String id : List.of("1", "2", "3")) {
                if (!id.equals(away)) {
                    awaitLines(servers, List.of(id), sent);
                    assertThat(servers.server(id)
                                    .snapshotManagementAsync(SnapshotManagementRequest.newCreate(
                                            ClientId.randomId(),
                                            servers.server(id).getId(),
                                            servers.group.getGroupId(),
                                            1,
                                            10_000,
                                            1))
                                    .get(10, TimeUnit.SECONDS)
                                    .isSuccess())
                            .isTrue();
                }
            }
            String leading = leader;
            await().atMost(PATIENCE)
                    .until(() -> servers.division(leading).getRaftLog().getStartIndex() > 10);
            servers.start(away);
            awaitLines(servers, List.of(away), sent);
            sent.addAll(proposeAll(servers, awaitLeader(servers), "late", 10));
            awaitLines(servers, List.of("1", "2", "3"), sent);
        }
    }

    @Test
    void aClientReachesGroupsOnOtherNodes() throws Exception {
        try (LocalServers servers = LocalServers.started(directory, null)) {
            awaitLeader(servers);
            RaftProperties raft = new RaftProperties();
            RaftConfigKeys.Rpc.setType(raft, new NettyRpcType());
            try (RaftClient client = RaftClient.newBuilder()
                    .setProperties(raft)
                    .setParameters(LocalServers.transport(LocalServers.config("9", 1), null)
                            .parameters())
                    .setRaftGroup(servers.group)
                    .build()) {
                assertThat(client.io().send(Message.valueOf("from afar")).isSuccess())
                        .isTrue();
                assertThat(client.getGroupManagementApi(servers.server("1").getId())
                                .info(servers.group.getGroupId())
                                .isSuccess())
                        .isTrue();
            }
            awaitLines(servers, List.of("1", "2", "3"), List.of("from afar"));
        }
    }

    @Test
    void aLeaderCutOffStepsDownWithinTwoElectionTimeoutsUnderATrickleOfWrites() throws Exception {
        Walls walls = new Walls();
        try (LocalServers servers = LocalServers.started(directory, walls)) {
            String leader = awaitLeader(servers);
            proposeAll(servers, leader, "before", 10);
            long term = servers.division(leader).getInfo().getCurrentTerm();
            await().pollDelay(LocalServers.ELECTION_MAX.plusMillis(100)).until(() -> true);
            walls.isolated = leader;
            long cut = System.nanoTime();
            while (servers.division(leader).getInfo().isLeader() && System.nanoTime() - cut < 20_000_000_000L) {
                assertThat(servers.propose(leader, "lost")).isNotCompleted();
                TimeUnit.MILLISECONDS.sleep(5);
            }
            Duration took = Duration.ofNanos(System.nanoTime() - cut);
            assertThat(took)
                    .isLessThan(LocalServers.ELECTION_MAX.multipliedBy(2).plusMillis(500));
            String next = await().atMost(PATIENCE)
                    .until(
                            servers::leader,
                            found -> found.filter(id -> !id.equals(leader)).isPresent())
                    .orElseThrow();
            assertThat(servers.division(next).getInfo().getCurrentTerm()).isGreaterThan(term);
            walls.isolated = "";
            List<String> sent = new ArrayList<>(servers.lines(next));
            sent.addAll(proposeAll(servers, awaitLeader(servers), "after", 10));
            awaitLines(servers, List.of("1", "2", "3"), sent);
            assertThat(sent).doesNotContain("lost");
        }
    }

    /** Election timeouts are far away here, so that nothing else can have elected. */
    @Test
    void theEndOfALeadersProcessElectsAtOnce() throws Exception {
        try (LocalServers servers = new LocalServers(
                directory,
                3,
                raft -> {
                    RaftServerConfigKeys.Rpc.setTimeoutMin(raft, TimeDuration.valueOf(20, TimeUnit.SECONDS));
                    RaftServerConfigKeys.Rpc.setTimeoutMax(raft, TimeDuration.valueOf(30, TimeUnit.SECONDS));
                },
                (id, port) -> LocalServers.transport(LocalServers.config(id, port), null))) {
            servers.startAll();
            String leader = awaitLeader(servers);
            List<String> sent = proposeAll(servers, leader, "before", 10);
            awaitLines(servers, List.of("1", "2", "3"), sent);
            long begun = System.nanoTime();
            servers.stop(leader);
            proposeAll(servers, awaitLeader(servers), "after", 10);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
        }
    }

    /** Under a limit on frames, not on time, so that a busy machine makes no difference. */
    @Test
    void heartbeatsOfManyGroupsShareFrames() throws Exception {
        int groups = 60;
        Map<Byte, AtomicInteger> frames = new ConcurrentHashMap<>();
        AtomicInteger heartbeats = new AtomicInteger();
        try (LocalServers servers = LocalServers.started(directory, (pipeline, self, peer, kind) -> {
            if (kind == ChannelKind.CONTROL) {
                pipeline.addFirst(new Counter(frames, heartbeats));
            }
        })) {
            servers.addGroups(groups);
            await().atMost(PATIENCE).ignoreExceptions().until(() -> {
                int led = 0;
                for (String id : List.of("1", "2", "3")) {
                    for (RaftGroupId groupId : servers.server(id).getGroupIds()) {
                        led += servers.server(id).getDivision(groupId).getInfo().isLeaderReady() ? 1 : 0;
                    }
                }
                return led == groups + 1;
            });
            frames.clear();
            heartbeats.set(0);
            await().atMost(PATIENCE).until(() -> heartbeats.get() > 20 * groups);
            assertThat(frames.get(FrameType.HEARTBEATS.code()).get()).isLessThan(heartbeats.get() / 2);
        }
    }

    @Test
    void whatAFrozenLeaderHadNotSentYetIsRefusedWhenItThaws() throws Exception {
        Freezer freezer = new Freezer();
        try (LocalServers servers = LocalServers.started(directory, freezer)) {
            String leader = awaitLeader(servers);
            List<String> sent = proposeAll(servers, leader, "before", 10);
            awaitLines(servers, List.of("1", "2", "3"), sent);
            freezer.frozen = leader;
            List<CompletableFuture<RaftClientReply>> late = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                late.add(servers.propose(leader, "late-" + i));
            }
            String next = await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(
                            servers::leader,
                            found -> found.filter(id -> !id.equals(leader)).isPresent())
                    .orElseThrow();
            sent.addAll(proposeAll(servers, next, "after", 20));
            assertThat(freezer.held).isNotEmpty();
            freezer.thaw();
            awaitLines(servers, List.of("1", "2", "3"), sent);
            for (CompletableFuture<RaftClientReply> reply : late) {
                await().atMost(PATIENCE).until(reply::isDone);
                assertThat(reply.isCompletedExceptionally() || !reply.join().isSuccess())
                        .isTrue();
            }
            sent.addAll(proposeAll(servers, awaitLeader(servers), "at last", 20));
            awaitLines(servers, List.of("1", "2", "3"), sent);
        }
    }

    private static String awaitLeader(LocalServers servers) {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .ignoreExceptions()
                .until(servers::leader, Optional::isPresent)
                .orElseThrow();
    }

    private static List<String> proposeAll(LocalServers servers, String leader, String text, int count)
            throws Exception {
        List<String> sent = new ArrayList<>();
        List<CompletableFuture<RaftClientReply>> replies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sent.add(text + "-" + i);
            replies.add(servers.propose(leader, text + "-" + i));
        }
        for (CompletableFuture<RaftClientReply> reply : replies) {
            assertThat(reply.get(30, TimeUnit.SECONDS).isSuccess()).isTrue();
        }
        return sent;
    }

    private static void awaitLines(LocalServers servers, List<String> ids, List<String> lines) {
        for (String id : ids) {
            await().atMost(PATIENCE).until(() -> servers.lines(id).size() >= lines.size());
            assertThat(servers.lines(id)).containsExactlyElementsOf(lines);
        }
    }

    /** Counts frames by type, and the heartbeats in them. */
    private static final class Counter extends ChannelOutboundHandlerAdapter {

        private final Map<Byte, AtomicInteger> frames;
        private final AtomicInteger heartbeats;

        Counter(Map<Byte, AtomicInteger> frames, AtomicInteger heartbeats) {
            this.frames = frames;
            this.heartbeats = heartbeats;
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
            ByteBuf frame = (ByteBuf) msg;
            byte type = frame.getByte(frame.readerIndex() + 4);
            frames.computeIfAbsent(type, any -> new AtomicInteger()).incrementAndGet();
            if (type == FrameType.HEARTBEATS.code()) {
                int at = frame.readerIndex() + 5;
                while (at < frame.writerIndex()) {
                    at += 12 + frame.getInt(at + 8);
                    heartbeats.incrementAndGet();
                }
            }
            ctx.write(msg, promise);
        }
    }

    /** Holds all that one node sends, as a stopped process would, until it thaws. */
    private static final class Freezer implements RaftTransport.ConnectionHook {

        private record Held(ChannelHandlerContext ctx, Object msg) {}

        private final Queue<Held> held = new ConcurrentLinkedQueue<>();
        private volatile String frozen = "";

        @Override
        public void connected(ChannelPipeline pipeline, String self, String peer, ChannelKind kind) {
            pipeline.addFirst(new ChannelOutboundHandlerAdapter() {
                @Override
                public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
                    if (frozen.equals(self)) {
                        held.add(new Held(ctx, msg));
                    } else {
                        ctx.write(msg, promise);
                    }
                }
            });
        }

        void thaw() {
            frozen = "";
            for (Held next = held.poll(); next != null; next = held.poll()) {
                next.ctx.writeAndFlush(next.msg);
            }
        }
    }

    /** Lets no frame out of one node nor into it. */
    private static final class Walls implements RaftTransport.ConnectionHook {

        private volatile String isolated = "";

        @Override
        public void connected(ChannelPipeline pipeline, String self, String peer, ChannelKind kind) {
            pipeline.addFirst(new ChannelOutboundHandlerAdapter() {
                @Override
                public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
                    if (isolated.equals(self) || isolated.equals(peer)) {
                        ReferenceCountUtil.release(msg);
                    } else {
                        ctx.write(msg, promise);
                    }
                }
            });
        }
    }

    /** Each line has a payload, made from it on the leader and kept by the followers. */
    private static final class Payloads implements EntryPayloads {

        private final Map<TermIndex, String> texts = new ConcurrentHashMap<>();
        private final AtomicInteger held = new AtomicInteger();

        static String payload(String line) {
            return ("payload of " + line + " ").repeat(50);
        }

        private static String line(LogEntryProto entry) {
            return entry.getStateMachineLogEntry().getLogData().toStringUtf8();
        }

        @Override
        public int sizeOf(LogEntryProto entry) {
            return entry.hasStateMachineLogEntry() ? payload(line(entry)).length() : 0;
        }

        @Override
        public ByteBuffer read(RaftGroupId group, LogEntryProto entry) {
            return ByteBuffer.wrap(payload(line(entry)).getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void arrived(RaftGroupId group, LogEntryProto entry, ByteBuffer payload) {
            texts.put(
                    TermIndex.valueOf(entry),
                    StandardCharsets.UTF_8.decode(payload.duplicate()).toString());
            held.incrementAndGet();
        }

        @Override
        public void answered(RaftGroupId group, LogEntryProto entry) {
            held.decrementAndGet();
        }
    }
}
