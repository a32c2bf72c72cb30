package io.barnabas.net.kafka;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bound port that speaks the Kafka protocol. */
public final class KafkaListener implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaListener.class);
    private static final int MAX_ANSWERS_AT_ONCE = 64;
    private static final int LENGTH_BYTES = 4;
    private static final int BACKLOG = 1024;

    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Channel server;

    private KafkaListener(KafkaEventLoops loops, KafkaListenerConfig config, ApiTable apis) throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accept(channel, config, apis);
                    }
                })
                .bind(config.host(), config.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + config.host() + ":" + config.port() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        server = bound.channel();
    }

    /**
     * Binds a listener.
     *
     * @throws IOException when the port is taken or the address is not this machine's
     */
    public static KafkaListener bind(KafkaEventLoops loops, KafkaListenerConfig config, ApiTable apis)
            throws IOException {
        return new KafkaListener(loops, config, apis);
    }

    private void accept(SocketChannel channel, KafkaListenerConfig config, ApiTable apis) {
        if (connections.size() >= config.maxConnections()) {
            LOG.warn(
                    "closing the connection from {}: max.connections={} are open",
                    channel.remoteAddress(),
                    config.maxConnections());
            channel.close();
            return;
        }
        connections.add(channel);
        // The limit is for what the length field counts, which does not count itself.
        int maxFrame = (int) Math.min(Integer.MAX_VALUE, (long) config.maxRequestBytes() + LENGTH_BYTES);
        channel.pipeline()
                // Answers that become ready together, as those of one Raft commit do, leave in one system call.
                .addLast(new FlushConsolidationHandler(MAX_ANSWERS_AT_ONCE, true))
                .addLast(new IdleStateHandler(0, 0, config.idleTimeout().toMillis(), TimeUnit.MILLISECONDS))
                .addLast(new LengthFieldBasedFrameDecoder(maxFrame, 0, LENGTH_BYTES, 0, LENGTH_BYTES))
                .addLast(new Connection(config.name(), apis, config.maxRequestBytes()));
    }

    /** The port bound. */
    public int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    /** How many clients are connected. */
    public int connections() {
        return connections.size();
    }

    /** Stops accepting and closes every connection. */
    @Override
    public void close() {
        server.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly();
    }
}
