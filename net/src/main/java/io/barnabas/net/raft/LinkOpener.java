package io.barnabas.net.raft;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a link, and tries again for as long as that fails. Used on the link's event loop only.
 *
 * <pre>
 *   idle -> connecting -> greeting -> open
 *     ^         |             |        |
 *     +--wait---+-------------+--------+    20 ms, doubled up to 500 ms; at once after an open one broke
 * </pre>
 */
final class LinkOpener {

    private static final Logger LOG = LoggerFactory.getLogger(LinkOpener.class);
    private static final long FIRST_PAUSE_MS = 20;
    private static final long LONGEST_PAUSE_MS = 500;
    /** About a minute's worth. */
    private static final int MANY_FAILURES = 120;

    private final PeerLink link;
    private final RaftTransport transport;
    private final EventLoop loop;
    private final String peer;
    private final ChannelKind kind;
    private final PeerLink.Events events;
    private final PeerDialer dialer;

    private String address;
    private boolean connecting;
    private boolean closed;
    private boolean mourned = true;
    private int failures;
    private String problem = "";
    private long failedNs;
    private @Nullable ScheduledFuture<?> retry;

    /** @param address host:port */
    LinkOpener(
            PeerLink link,
            RaftTransport transport,
            EventLoops loops,
            String peer,
            String address,
            ChannelKind kind,
            PeerLink.Events events) {
        this.link = link;
        this.transport = transport;
        this.loop = link.loop();
        this.peer = peer;
        this.address = address;
        this.kind = kind;
        this.events = events;
        this.dialer = new PeerDialer(transport, loops, loop);
    }

    String address() {
        return address;
    }

    /** Goes to another address from now on. */
    void readdress(String newAddress) {
        address = newAddress;
        failures = 0;
    }

    /** Connects unless it waits before it tries again. */
    void openInTurn() {
        if (retry == null) {
            open();
        }
    }

    /** Connects now, unless the link is open or being opened. */
    void open() {
        if (closed || connecting || link.isOpen()) {
            return;
        }
        if (retry != null) {
            retry.cancel(false);
            retry = null;
        }
        connecting = true;
        dialer.dial(address, new Opening());
    }

    /** Opens the link no more. */
    void close() {
        closed = true;
        if (retry != null) {
            retry.cancel(false);
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether it failed so shortly ago that it need not be tried again. */
    boolean hasJustFailed() {
        return !connecting && failedNs != 0 && System.nanoTime() - failedNs < FIRST_PAUSE_MS * 1_000_000;
    }

    /** What keeps the link from being open; empty when nothing does. */
    String problem() {
        return problem;
    }

    /** Says once what keeps a link from being open, until that changes. */
    void report(String reason) {
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

    /** Says what went wrong on a connection, which is being closed for it. */
    void report(Throwable cause) {
        if (GarbageException.arrived(cause)) {
            report("node " + peer + " at " + address + ": " + cause.getMessage());
        } else if (!(cause instanceof IOException)) {
            LOG.warn("connection to node {} at {} is closed", peer, address, cause);
        }
    }

    /** What becomes of an attempt. */
    private final class Opening implements PeerDialer.Outcome, Greeting.Outcome {

        @Override
        public ChannelHandler connecting() {
            RaftTransportConfig config = transport.config();
            Hello hello = new Hello(Hello.VERSION, config.clusterId(), config.nodeId(), peer, config.kind(), kind);
            return new Greeting(hello, this);
        }

        @Override
        public void welcomed(ChannelHandlerContext greeting) {
            if (closed) {
                greeting.close();
                return;
            }
            connecting = false;
            mourned = false;
            failures = 0;
            transport.hook().connected(greeting.pipeline(), transport.config().nodeId(), peer, kind);
            if (!problem.isEmpty()) {
                LOG.debug("node {} is reached ({} {})", peer, transport.config().kind(), kind);
                problem = "";
            }
            link.opened(greeting);
        }

        @Override
        public void broke(Throwable cause) {
            report(cause);
        }

        @Override
        public void failed(Throwable cause) {
            connecting = false;
            failedNs = System.nanoTime();
            boolean nobodyListens = isRefused(cause);
            String reason = "cannot reach node " + peer + " at " + address + ": "
                    + (nobodyListens ? "connection refused" : cause.getMessage());
            report(reason);
            link.failed(new ConnectException(reason));
            if (nobodyListens && !mourned) {
                mourned = true;
                events.died();
            }
            retryLater();
        }
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
                    open();
                },
                pauseMs,
                TimeUnit.MILLISECONDS);
    }
}
