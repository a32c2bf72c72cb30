package io.barnabas.net.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.net.raft.RaftTransport.ConnectionHook;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.protocol.RaftClientReply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first moments of a group, when some of its members do not run yet. */
class NewGroupTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ConnectionHook NOTHING = (pipeline, self, peer, kind) -> {};

    @TempDir
    Path directory;

    @Test
    void aMemberThatNeverHeldAnEntryVotesWhenItLostNothing() throws Exception {
        try (LocalServers servers = servers(groupId -> true, NOTHING)) {
            String first = loseTheLeaderOfTwo(servers);
            servers.start("3");
            String next = awaitLeader(servers);
            propose(servers, next, "after");
            servers.start(first);
            awaitLines(servers, "before", "after");
        }
    }

    @Test
    void aMemberThatMayHaveLostItsLogDoesNotVote() throws Exception {
        try (LocalServers servers = servers(EmptyVoters.NONE, NOTHING)) {
            String first = loseTheLeaderOfTwo(servers);
            servers.start("3");
            await().during(LocalServers.ELECTION_MAX.multipliedBy(4))
                    .atMost(PATIENCE)
                    .until(() -> servers.leader().isEmpty());
            servers.start(first);
            propose(servers, awaitLeader(servers), "after");
            awaitLines(servers, "before", "after");
        }
    }

    @Test
    void aMemberThatIsBeingOpenedAnswersWhenItIsOpen() throws Exception {
        AtomicInteger answers = new AtomicInteger();
        ConnectionHook countAnswers = (pipeline, self, peer, kind) -> {
            if (self.equals("3")) {
                pipeline.addFirst(new AnswerCounter(answers));
            }
        };
        try (LocalServers servers = servers(EmptyVoters.NONE, countAnswers)) {
            CountDownLatch opening = new CountDownLatch(1);
            servers.start("1");
            servers.start("2");
            CompletableFuture<Void> third = CompletableFuture.runAsync(() -> {
                try {
                    servers.start("3", new TextLog(opening));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            propose(servers, awaitLeader(servers), "before");
            await().during(LocalServers.ELECTION_MAX).atMost(PATIENCE).until(() -> answers.get() == 0);
            opening.countDown();
            third.get(30, TimeUnit.SECONDS);
            awaitLines(servers, "before");
            assertThat(answers).hasPositiveValue();
        }
    }

    private LocalServers servers(EmptyVoters emptyVoters, ConnectionHook hook) throws IOException {
        return new LocalServers(
                directory,
                3,
                raft -> {},
                (id, port) -> LocalServers.transport(LocalServers.config(id, port, emptyVoters), hook));
    }

    /** @return who led */
    private static String loseTheLeaderOfTwo(LocalServers servers) throws Exception {
        servers.start("1");
        servers.start("2");
        String leader = awaitLeader(servers);
        propose(servers, leader, "before");
        for (String id : List.of("1", "2")) {
            await().atMost(PATIENCE).until(() -> servers.lines(id).equals(List.of("before")));
        }
        servers.stop(leader);
        return leader;
    }

    private static String awaitLeader(LocalServers servers) {
        return await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(servers::leader, Optional::isPresent)
                .orElseThrow();
    }

    private static void propose(LocalServers servers, String leader, String line) throws Exception {
        RaftClientReply reply = servers.propose(leader, line).get(30, TimeUnit.SECONDS);
        assertThat(reply.isSuccess()).isTrue();
    }

    private static void awaitLines(LocalServers servers, String... lines) {
        for (String id : List.of("1", "2", "3")) {
            await().atMost(PATIENCE).until(() -> servers.lines(id).equals(List.of(lines)));
        }
    }

    private static final class AnswerCounter extends ChannelOutboundHandlerAdapter {

        private final AtomicInteger answers;

        AnswerCounter(AtomicInteger answers) {
            this.answers = answers;
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
            ByteBuf frame = (ByteBuf) msg;
            if (frame.getByte(frame.readerIndex() + 4) == FrameType.APPEND_REPLIES.code()) {
                answers.incrementAndGet();
            }
            ctx.write(msg, promise);
        }
    }
}
