package io.barnabas.net.raft;

import io.barnabas.net.raft.Frames.AppendAnswer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives what other nodes ask to Ratis, and answers. */
final class RequestReceiver {

    private static final Logger LOG = LoggerFactory.getLogger(RequestReceiver.class);

    private final RaftServer server;
    private final EntryPayloads payloads;
    private final EventLoops loops;
    private final CallReceiver calls;
    private final Map<RaftGroupId, GroupInbox> inboxes = new ConcurrentHashMap<>();

    RequestReceiver(RaftServer server, RaftTransportConfig config, EventLoops loops) {
        this.server = server;
        this.payloads = config.payloads();
        this.loops = loops;
        this.calls = new CallReceiver(server, loops.blocking(), config.emptyVoters(), this::inbox);
    }

    /** The end of a new connection's pipeline. */
    ChannelHandler connection(Channel channel) {
        return new Connection(channel);
    }

    private GroupInbox inbox(RaftGroupId groupId) {
        return inboxes.computeIfAbsent(groupId, id -> new GroupInbox(server, id, loops.blocking()));
    }

    private final class Connection extends ChannelInboundHandlerAdapter {

        private final ReplyQueue replies;

        Connection(Channel channel) {
            this.replies = new ReplyQueue(channel);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) throws GarbageException {
            Frame frame = (Frame) msg;
            switch (frame.type()) {
                case APPEND -> append(frame, replies);
                case HEARTBEATS -> heartbeats(frame, ctx.channel(), replies);
                case CALL -> calls.call(frame, ctx.channel());
                case HELLO, WELCOME, REFUSED, APPEND_REPLIES, ANSWER, FAILURE ->
                    throw new GarbageException(frame.type() + " is no request");
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (cause instanceof GarbageException || !(cause instanceof IOException)) {
                LOG.warn("the Raft connection of {} is closed", ctx.channel().remoteAddress(), cause);
            }
            ctx.close();
        }
    }

    private void append(Frame frame, ReplyQueue replies) throws GarbageException {
        long appender = frame.number8();
        ByteBuffer message = frame.part();
        int count = frame.number4();
        // What Ratis keeps of a small message must not keep the payloads beside it in memory.
        AppendEntriesRequestProto request = Frame.parse(AppendEntriesRequestProto.parser(), message, count == 0);
        RaftGroupId groupId =
                ProtoUtils.toRaftGroupId(request.getServerRequest().getRaftGroupId());
        List<ByteBuffer> parts = List.of();
        if (count != 0) {
            if (count != request.getEntriesCount()) {
                throw new GarbageException(count + " payloads of " + request.getEntriesCount() + " entries");
            }
            parts = new ArrayList<>(count);
            int[] lengths = new int[count];
            for (int i = 0; i < count; i++) {
                lengths[i] = frame.number4();
            }
            for (int length : lengths) {
                parts.add(frame.bytes(length));
            }
        }
        inbox(groupId).add(new Append(appender, groupId, request, parts, replies));
    }

    /** One request with entries. */
    private final class Append implements GroupInbox.Task {

        private final long appender;
        private final RaftGroupId groupId;
        private final AppendEntriesRequestProto request;
        private final List<ByteBuffer> parts;
        private final ReplyQueue replies;

        Append(
                long appender,
                RaftGroupId groupId,
                AppendEntriesRequestProto request,
                List<ByteBuffer> parts,
                ReplyQueue replies) {
            this.appender = appender;
            this.groupId = groupId;
            this.request = request;
            this.parts = parts;
            this.replies = replies;
        }

        @Override
        public boolean isQuick(GroupInbox inbox) {
            return inbox.follows(leader(request), request.getLeaderTerm());
        }

        @Override
        public void run(RaftServer.Division division) {
            for (int i = 0; i < parts.size(); i++) {
                payloads.arrived(groupId, request.getEntries(i), parts.get(i));
            }
            give((RaftServerAsynchronousProtocol) division, request).whenComplete((reply, error) -> {
                for (int i = 0; i < parts.size(); i++) {
                    payloads.answered(groupId, request.getEntries(i));
                }
                replies.add(answer(appender, request, reply, error));
            });
        }

        @Override
        public void failed(Throwable error) {
            replies.add(answer(appender, request, null, error));
        }
    }

    private void heartbeats(Frame frame, Channel channel, ReplyQueue replies) {
        try {
            loops.heartbeats().execute(() -> {
                try {
                    while (frame.hasMore()) {
                        long appender = frame.number8();
                        AppendEntriesRequestProto request =
                                Frame.parse(AppendEntriesRequestProto.parser(), frame.part(), false);
                        heartbeat(appender, request, replies);
                    }
                } catch (RejectedExecutionException e) {
                    LOG.debug("heartbeats arrive while this node stops");
                } catch (GarbageException | RuntimeException e) {
                    LOG.warn("the Raft connection of {} is closed", channel.remoteAddress(), e);
                    channel.close();
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("heartbeats arrive while this node stops");
        }
    }

    /** One group that changes its leader, or is being opened, must not hold up the others. */
    private void heartbeat(long appender, AppendEntriesRequestProto request, ReplyQueue replies) {
        GroupInbox inbox =
                inbox(ProtoUtils.toRaftGroupId(request.getServerRequest().getRaftGroupId()));
        if (inbox.follows(leader(request), request.getLeaderTerm())) {
            beat(appender, request, replies);
            return;
        }
        inbox.add(new GroupInbox.Task() {
            @Override
            public boolean isQuick(GroupInbox group) {
                return false;
            }

            @Override
            public void run(RaftServer.Division division) {
                beat(appender, request, replies);
            }

            @Override
            public void failed(Throwable error) {
                replies.add(answer(appender, request, null, error));
            }
        });
    }

    private void beat(long appender, AppendEntriesRequestProto request, ReplyQueue replies) {
        give(server, request).whenComplete((reply, error) -> replies.add(answer(appender, request, reply, error)));
    }

    private static RaftPeerId leader(AppendEntriesRequestProto request) {
        return RaftPeerId.valueOf(request.getServerRequest().getRequestorId());
    }

    private static CompletableFuture<AppendEntriesReplyProto> give(
            RaftServerAsynchronousProtocol target, AppendEntriesRequestProto request) {
        try {
            return target.appendEntriesAsync(request);
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static AppendAnswer answer(
            long appender,
            AppendEntriesRequestProto request,
            @Nullable AppendEntriesReplyProto reply,
            @Nullable Throwable error) {
        if (reply != null) {
            return new AppendAnswer.Reply(appender, reply);
        }
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return new AppendAnswer.Failed(
                appender,
                request.getServerRequest().getCallId(),
                request.getEntriesCount() == 0,
                String.valueOf(cause));
    }
}
