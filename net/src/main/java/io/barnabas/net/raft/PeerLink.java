package io.barnabas.net.raft;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.exceptions.TimeoutIOException;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.jspecify.annotations.Nullable;

/**
 * A connection of one kind to one node, made again whenever it breaks ({@link LinkOpener}). All its state belongs to one
 * event loop.
 */
final class PeerLink {

    private final EventLoop loop;
    private final String peer;
    private final ChannelKind kind;
    private final Events events;
    private final LinkOpener opener;
    private final PendingCalls calls = new PendingCalls();

    private volatile @Nullable Channel open;
    /** When something was sent that is to be answered and nothing was heard since; 0 when there is no such thing. */
    private volatile long unansweredNs;

    private boolean flushing;

    /** What happens to a link, told on its event loop. */
    interface Events {

        /** It can be written to. */
        void opened();

        /** It was open. */
        void lost();

        /** After it was open it broke, and its node's machine says that nobody listens there any more. */
        void died();

        /** It could not be opened for a long time; said again and again while that lasts. */
        void unreachable();

        /** Anything but the answer of a call. */
        void received(Frame frame) throws GarbageException;

        /** What was written has left, so that there is room again. */
        void writable();
    }

    /** @param address host:port */
    PeerLink(
            RaftTransport transport,
            EventLoops loops,
            EventLoop loop,
            String peer,
            String address,
            ChannelKind kind,
            Events events) {
        this.loop = loop;
        this.peer = peer;
        this.kind = kind;
        this.events = events;
        this.opener = new LinkOpener(this, transport, loops, peer, address, kind, events);
    }

    EventLoop loop() {
        return loop;
    }

    boolean isOpen() {
        return open != null;
    }

    /** Whether it is open and what is under way does not fill it. */
    boolean isWritable() {
        Channel channel = open;
        return channel != null && channel.isWritable();
    }

    /** Connects unless it is or tries to. */
    void connect() {
        execute(opener::openInTurn);
    }

    /** Goes to another address from now on. */
    void readdress(String newAddress) {
        execute(() -> {
            if (!opener.address().equals(newAddress)) {
                opener.readdress(newAddress);
                dropConnection();
                opener.open();
            }
        });
    }

    /** Takes a frame over; drops it when the link is not open. */
    void write(ByteBuf frame) {
        Channel channel = open;
        if (channel == null) {
            frame.release();
            return;
        }
        if (unansweredNs == 0) {
            unansweredNs = System.nanoTime();
        }
        channel.write(frame, channel.voidPromise());
    }

    ByteBufAllocator alloc() {
        Channel channel = open;
        return channel == null ? ByteBufAllocator.DEFAULT : channel.alloc();
    }

    /** Sends what was written, with what others write meanwhile in one system call. */
    void flushSoon() {
        execute(() -> {
            if (!flushing) {
                flushing = true;
                loop.execute(this::flush);
            }
        });
    }

    private void flush() {
        flushing = false;
        Channel channel = open;
        if (channel != null) {
            channel.flush();
        }
    }

    /** Asks and waits for the answer, connecting first if need be. Fails with an IOException. */
    CompletableFuture<Frame> call(CallMethod method, MessageLite request, Duration timeout) {
        CompletableFuture<Frame> answer = new CompletableFuture<>();
        boolean taken = execute(() -> {
            if (opener.isClosed()) {
                answer.completeExceptionally(new IOException("this node stops"));
                return;
            }
            long id = calls.add(answer, method, request);
            ScheduledFuture<?> timer = loop.schedule(
                    () -> calls.fail(
                            id,
                            new TimeoutIOException(
                                    method + " was not answered by node " + peer + " within " + timeout)),
                    timeout.toNanos(),
                    TimeUnit.NANOSECONDS);
            answer.whenComplete((done, error) -> timer.cancel(false));
            Channel channel = open;
            if (channel != null) {
                calls.send(id, channel, this::write);
            } else if (opener.hasJustFailed()) {
                calls.fail(id, new ConnectException(opener.problem()));
            } else {
                opener.open();
            }
        });
        if (!taken) {
            answer.completeExceptionally(new IOException("this node stops"));
        }
        return answer;
    }

    /** Makes the connection anew when nothing was heard for so long though an answer was due. */
    void closeIfSilent(Duration limit) {
        long since = unansweredNs;
        if (since != 0 && open != null && System.nanoTime() - since > limit.toNanos()) {
            execute(() -> {
                opener.report("node " + peer + " has not answered for " + limit.toMillis() + " ms (" + kind + ")");
                dropConnection();
            });
        }
    }

    void close() {
        execute(() -> {
            opener.close();
            dropConnection();
            calls.failAll(new IOException("this node stops"));
        });
    }

    private boolean execute(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
            return true;
        }
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void dropConnection() {
        Channel channel = open;
        if (channel != null) {
            channel.close();
        }
    }

    /** The other node is ready: goes on where the greeting has ended. */
    void opened(ChannelHandlerContext greeting) {
        Channel channel = greeting.channel();
        channel.pipeline().replace(greeting.handler(), null, new Conversation());
        unansweredNs = 0;
        open = channel;
        calls.sendAll(channel, this::write);
        channel.flush();
        events.opened();
    }

    /** The link could not be opened: nobody waits until it is. */
    void failed(ConnectException reason) {
        calls.failAll(reason);
    }

    /** What happens on the open connection. */
    private final class Conversation extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) throws GarbageException {
            Frame frame = (Frame) msg;
            unansweredNs = 0;
            if (!calls.answered(frame)) {
                events.received(frame);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            open = null;
            unansweredNs = 0;
            calls.failAll(new IOException("the connection to node " + peer + " broke"));
            events.lost();
            opener.open();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            if (ctx.channel().isWritable()) {
                events.writable();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            opener.report(cause);
            ctx.close();
        }
    }
}
