package io.barnabas.net.raft;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts other nodes' connections. Each says first whose it is and what it is for; those for heartbeats stay on the
 * control thread, the others move to a data thread.
 */
final class Acceptor {

    /** Name of the handler that gathers frames, in every pipeline. */
    static final String FRAMES = "frames";

    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
    private static final int BACKLOG = 256;
    private static final int HELLO_TIMEOUT_MS = 5_000;
    private static final int REMEMBERED_REFUSALS = 256;

    private final RaftTransport transport;
    private final EventLoops loops;
    private final RequestReceiver receiver;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    /** Why a machine was turned away last, so that its next attempts for the same reason are not logged. */
    private final Map<String, String> refusals = new ConcurrentHashMap<>();

    private @Nullable Channel server;

    Acceptor(RaftTransport transport, EventLoops loops, RequestReceiver receiver) {
        this.transport = transport;
        this.loops = loops;
        this.receiver = receiver;
    }

    void bind() throws IOException {
        RaftTransportConfig config = transport.config();
        ChannelFuture bound = new ServerBootstrap()
                .group(loops.control())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        connections.add(channel);
                        SslContext tls = transport.accepting();
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        FrameReader reader = new FrameReader(Hello.MAX_BYTES);
                        channel.pipeline().addLast(FRAMES, reader).addLast(new Greeter(reader));
                    }
                })
                .bind(config.host(), config.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + config.host() + ":" + config.port() + " for Raft: "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        server = bound.channel();
    }

    void close() {
        if (server != null) {
            server.close().awaitUninterruptibly(HELLO_TIMEOUT_MS);
        }
        connections.close().awaitUninterruptibly(HELLO_TIMEOUT_MS);
    }

    private void turnedAway(SocketAddress remote, String who, String reason) {
        String machine = remote instanceof InetSocketAddress inet ? inet.getHostString() : String.valueOf(remote);
        if (refusals.size() >= REMEMBERED_REFUSALS) {
            refusals.clear();
        }
        if (!reason.equals(refusals.put(machine + " " + who, reason))) {
            LOG.warn(
                    "{} at {} is refused by the Raft server of {}: {}",
                    who,
                    machine,
                    transport.config().kind(),
                    reason);
        }
    }

    /** Reads the hello of a new connection. */
    private final class Greeter extends ChannelInboundHandlerAdapter {

        private final FrameReader reader;
        private @Nullable ScheduledFuture<?> timer;

        Greeter(FrameReader reader) {
            this.reader = reader;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            timer = ctx.executor().schedule(() -> ctx.close(), HELLO_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) throws GarbageException {
            Hello hello = Hello.read((Frame) msg);
            Optional<String> refusal = hello.refusal(transport.config());
            if (refusal.isPresent()) {
                turnedAway(ctx.channel().remoteAddress(), "node " + hello.from(), refusal.get());
                ctx.writeAndFlush(Frames.refused(ctx.alloc(), refusal.get())).addListener(ChannelFutureListener.CLOSE);
                return;
            }
            refusals.remove(
                    ((InetSocketAddress) ctx.channel().remoteAddress()).getHostString() + " node " + hello.from());
            stopTimer();
            Channel channel = ctx.channel();
            if (hello.kind() == ChannelKind.CONTROL) {
                welcome(channel, hello);
            } else {
                moveToData(channel, hello);
            }
        }

        /** Nothing more arrives before the welcome, so that nothing is lost on the way. */
        private void moveToData(Channel channel, Hello hello) {
            EventLoop target = loops.nextData();
            channel.deregister().addListener(left -> {
                if (left.isSuccess()) {
                    target.register(channel).addListener(moved -> {
                        if (moved.isSuccess()) {
                            welcome(channel, hello);
                        } else {
                            channel.close();
                        }
                    });
                } else {
                    channel.close();
                }
            });
        }

        private void welcome(Channel channel, Hello hello) {
            reader.limit(transport.config().maxFrameBytes());
            channel.pipeline().replace(this, "requests", receiver.connection(channel));
            channel.writeAndFlush(Frames.welcome(channel.alloc()))
                    .addListener(sent -> transport
                            .hook()
                            .connected(channel.pipeline(), transport.config().nodeId(), hello.from(), hello.kind()));
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            stopTimer();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (GarbageException.arrived(cause)) {
                turnedAway(ctx.channel().remoteAddress(), "somebody", String.valueOf(cause.getMessage()));
            }
            ctx.close();
        }

        private void stopTimer() {
            if (timer != null) {
                timer.cancel(false);
            }
        }
    }
}
