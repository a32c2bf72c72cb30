package io.barnabas.net.raft;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.apache.ratis.protocol.exceptions.TimeoutIOException;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of one kind to one node, made again whenever it breaks. All its state belongs to one event loop.
 *
 * <pre>
 *   idle -> connecting -> greeting -> open
 *     ^         |             |        |
 *     +--wait---+-------------+--------+    20 ms, doubled up to 500 ms; at once after an open one broke
 * </pre>
 */
final class PeerLink {

    private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);
    private static final long FIRST_PAUSE_MS = 20;
    private static final long LONGEST_PAUSE_MS = 500;
    /** About a minute's worth. */
    private static final int MANY_FAILURES = 120;

    private static final int CONNECT_TIMEOUT_MS = 1_000;
    private static final int GREETING_TIMEOUT_MS = 2_000;
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(2 << 20, 8 << 20);

    private final RaftTransport transport;
    private final EventLoops loops;
    private final EventLoop loop;
    private final String peer;
    private final ChannelKind kind;
    private final Events events;
    private final PendingCalls calls = new PendingCalls();

    private volatile @Nullable Channel open;
    /** When something was sent that is to be answered and nothing was heard since; 0 when there is no such thing. */
    private volatile long unansweredNs;

    private String address;
    private boolean connecting;
    private boolean closed;
    private boolean mourned = true;
    private boolean flushing;
    private int failures;
    private String problem = "";
    private long failedNs;
    private @Nullable ScheduledFuture<?> retry;

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
        this.transport = transport;
        this.loops = loops;
        this.loop = loop;
        this.peer = peer;
        this.address = address;
        this.kind = kind;
        this.events = events;
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
        execute(() -> {
            if (retry == null) {
                connectNow();
            }
        });
    }

    /** Goes to another address from now on. */
    void readdress(String newAddress) {
        execute(() -> {
            if (!address.equals(newAddress)) {
                address = newAddress;
                failures = 0;
                dropConnection();
                connectNow();
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
            if (closed) {
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
            } else if (!connecting && failedNs != 0 && System.nanoTime() - failedNs < FIRST_PAUSE_MS * 1_000_000) {
                calls.fail(id, new ConnectException(problem));
            } else {
                connectNow();
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
                report("node " + peer + " has not answered for " + limit.toMillis() + " ms (" + kind + ")");
                dropConnection();
            });
        }
    }

    void close() {
        execute(() -> {
            closed = true;
            if (retry != null) {
                retry.cancel(false);
            }
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

    private void connectNow() {
        if (closed || connecting || open != null) {
            return;
        }
        if (retry != null) {
            retry.cancel(false);
            retry = null;
        }
        connecting = true;
        int colon = address.lastIndexOf(':');
        if (colon < 0) {
            failed(new UnknownHostException("'" + address + "' is no host:port"));
            return;
        }
        String host = address.substring(0, colon);
        int port = Integer.parseInt(address.substring(colon + 1));
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
        try {
            if (literal != null) {
                dial(new InetSocketAddress(InetAddress.getByAddress(host, literal), port));
            } else {
                // A name server that is slow must not hold up this thread.
                loops.blocking().execute(() -> resolve(host, port));
            }
        } catch (UnknownHostException | RejectedExecutionException e) {
            failed(e);
        }
    }

    private void resolve(String host, int port) {
        try {
            InetAddress resolved = InetAddress.getByName(host);
            execute(() -> dial(new InetSocketAddress(resolved, port)));
        } catch (UnknownHostException e) {
            execute(() -> failed(new UnknownHostException("cannot resolve " + host)));
        }
    }

    private void dial(InetSocketAddress target) {
        new Bootstrap()
                .group(loop)
                .channel(loops.channel())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        SslContext tls = transport.connecting();
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        FrameReader reader = new FrameReader(transport.config().maxFrameBytes());
                        channel.pipeline().addLast(Acceptor.FRAMES, reader).addLast(new Conversation());
                    }
                })
                .connect(target)
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        failed(done.cause());
                    }
                });
    }

    private void failed(Throwable cause) {
        connecting = false;
        failedNs = System.nanoTime();
        boolean nobodyListens = isRefused(cause);
        String reason = "cannot reach node " + peer + " at " + address + ": "
                + (nobodyListens ? "connection refused" : cause.getMessage());
        report(reason);
        calls.failAll(new ConnectException(reason));
        if (nobodyListens && !mourned) {
            mourned = true;
            events.died();
        }
        retryLater();
    }

    private static boolean isRefused(Throwable cause) {
        return cause instanceof ConnectException
                && !(cause instanceof ConnectTimeoutException)
                && String.valueOf(cause.getMessage()).contains("refused");
    }

    private void retryLater() {
        if (closed || retry != null) {
            return;
        }
        long pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << Math.min(failures, 10));
        failures++;
        if (failures % MANY_FAILURES == 0) {
            events.unreachable();
        }
        retry = loop.schedule(
                () -> {
                    retry = null;
                    connectNow();
                },
                pauseMs,
                TimeUnit.MILLISECONDS);
    }

    /** Says once what keeps a link from being open, until that changes. */
    private void report(String reason) {
        if (!closed && !reason.equals(problem)) {
            problem = reason;
            // One of the connections speaks for all.
            if (kind == ChannelKind.CONTROL) {
                LOG.warn("{} ({})", reason, transport.config().kind());
            } else {
                LOG.debug("{} ({} {})", reason, transport.config().kind(), kind);
            }
        }
    }

    /** What happens on one connection. */
    private final class Conversation extends ChannelInboundHandlerAdapter {

        private boolean welcomed;
        private @Nullable ScheduledFuture<?> greetingTimer;
        private @Nullable String refused;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            RaftTransportConfig config = transport.config();
            ctx.writeAndFlush(Frames.hello(
                    ctx.alloc(),
                    new Hello(Hello.VERSION, config.clusterId(), config.nodeId(), peer, config.kind(), kind)));
            greetingTimer = loop.schedule(
                    () -> {
                        refused = "it does not answer the hello";
                        ctx.close();
                    },
                    GREETING_TIMEOUT_MS,
                    TimeUnit.MILLISECONDS);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) throws GarbageException {
            Frame frame = (Frame) msg;
            if (!welcomed) {
                greeted(ctx, frame);
                return;
            }
            unansweredNs = 0;
            if (!calls.answered(frame)) {
                events.received(frame);
            }
        }

        private void greeted(ChannelHandlerContext ctx, Frame frame) throws GarbageException {
            if (frame.type() == FrameType.REFUSED) {
                refused = "it refuses this node: " + Frame.text(frame.rest());
                ctx.close();
                return;
            }
            if (frame.type() != FrameType.WELCOME) {
                throw new GarbageException(frame.type() + " instead of a welcome");
            }
            stopTimer();
            if (closed) {
                ctx.close();
                return;
            }
            welcomed = true;
            connecting = false;
            mourned = false;
            failures = 0;
            unansweredNs = 0;
            transport.hook().connected(ctx.pipeline(), transport.config().nodeId(), peer, kind);
            open = ctx.channel();
            if (!problem.isEmpty()) {
                LOG.debug("node {} is reached ({} {})", peer, transport.config().kind(), kind);
                problem = "";
            }
            calls.sendAll(ctx.channel(), PeerLink.this::write);
            ctx.flush();
            events.opened();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            stopTimer();
            if (!welcomed) {
                failed(new IOException(refused == null ? "it closes the connection" : refused));
                return;
            }
            open = null;
            unansweredNs = 0;
            calls.failAll(new IOException("the connection to node " + peer + " broke"));
            events.lost();
            connectNow();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            if (welcomed && ctx.channel().isWritable()) {
                events.writable();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (cause instanceof GarbageException
                    || cause instanceof SSLException
                    || cause.getCause() instanceof SSLException) {
                refused = cause.getMessage();
                report("node " + peer + " at " + address + ": " + cause.getMessage());
            } else if (!(cause instanceof IOException)) {
                LOG.warn("connection to node {} at {} is closed", peer, address, cause);
            }
            ctx.close();
        }

        private void stopTimer() {
            if (greetingTimer != null) {
                greetingTimer.cancel(false);
            }
        }
    }
}
