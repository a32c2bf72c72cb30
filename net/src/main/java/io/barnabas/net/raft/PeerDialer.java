package io.barnabas.net.raft;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.RejectedExecutionException;

/** Finds a node by its address and connects, in the background. All it tells of happens on one event loop. */
final class PeerDialer {

    private static final int CONNECT_TIMEOUT_MS = 1_000;
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(2 << 20, 8 << 20);

    private final RaftTransport transport;
    private final EventLoops loops;
    private final EventLoop loop;

    PeerDialer(RaftTransport transport, EventLoops loops, EventLoop loop) {
        this.transport = transport;
        this.loops = loops;
        this.loop = loop;
    }

    /** What comes of it. */
    interface Outcome {

        /** @return what talks on the connection that is being made, behind TLS and the gathering of frames */
        ChannelHandler connecting();

        /** There is none. */
        void failed(Throwable cause);
    }

    /** @param address host:port */
    void dial(String address, Outcome outcome) {
        int colon = address.lastIndexOf(':');
        if (colon < 0) {
            outcome.failed(new UnknownHostException("'" + address + "' is no host:port"));
            return;
        }
        String host = address.substring(0, colon);
        int port = Integer.parseInt(address.substring(colon + 1));
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
        try {
            if (literal != null) {
                connect(new InetSocketAddress(InetAddress.getByAddress(host, literal), port), outcome);
            } else {
                // A name server that is slow must not hold up this thread.
                loops.blocking().execute(() -> resolve(host, port, outcome));
            }
        } catch (UnknownHostException | RejectedExecutionException e) {
            outcome.failed(e);
        }
    }

    private void resolve(String host, int port, Outcome outcome) {
        try {
            InetAddress resolved = InetAddress.getByName(host);
            execute(() -> connect(new InetSocketAddress(resolved, port), outcome));
        } catch (UnknownHostException e) {
            execute(() -> outcome.failed(new UnknownHostException("cannot resolve " + host)));
        }
    }

    private void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            // The node stops: nobody waits for the connection.
        }
    }

    private void connect(InetSocketAddress target, Outcome outcome) {
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
                        channel.pipeline().addLast(Acceptor.FRAMES, reader).addLast(outcome.connecting());
                    }
                })
                .connect(target)
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        outcome.failed(done.cause());
                    }
                });
    }
}
