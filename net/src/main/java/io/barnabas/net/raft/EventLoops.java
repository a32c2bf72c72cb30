package io.barnabas.net.raft;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The threads of one Raft server's connections: one for heartbeats and votes, which must never wait, a few for entries,
 * and threads for what blocks.
 */
final class EventLoops implements AutoCloseable {

    private static final long CLOSE_TIMEOUT_MS = 2_000;

    /** A heartbeat may wait for a group that is busy changing its leader; others then go on with the second thread. */
    private static final int HEARTBEAT_THREADS = 2;

    private final EventLoopGroup control;
    private final EventLoopGroup data;
    private final ExecutorService heartbeats;
    private final ExecutorService blocking;
    private final boolean epoll = Epoll.isAvailable();

    EventLoops(String name, int dataThreads) {
        IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        control = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name + "-control", true), handlers);
        data = new MultiThreadIoEventLoopGroup(dataThreads, new DefaultThreadFactory(name + "-data", true), handlers);
        heartbeats = Executors.newFixedThreadPool(
                HEARTBEAT_THREADS,
                Thread.ofPlatform().daemon().name(name + "-heartbeats-", 0).factory());
        blocking = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name(name + "-call-", 0).factory());
    }

    EventLoop control() {
        return control.next();
    }

    EventLoop nextData() {
        return data.next();
    }

    /** Where heartbeats that have arrived are given to Ratis. */
    ExecutorService heartbeats() {
        return heartbeats;
    }

    /** A thread for each task. */
    ExecutorService blocking() {
        return blocking;
    }

    Class<? extends SocketChannel> channel() {
        return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    Class<? extends ServerChannel> serverChannel() {
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    @Override
    public void close() {
        blocking.shutdownNow();
        heartbeats.shutdownNow();
        var controlDone = control.shutdownGracefully(0, CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        var dataDone = data.shutdownGracefully(0, CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        controlDone.awaitUninterruptibly(CLOSE_TIMEOUT_MS);
        dataDone.awaitUninterruptibly(CLOSE_TIMEOUT_MS);
    }
}
