package io.barnabas.net.raft;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.util.Locale;
import org.apache.ratis.conf.Parameters;
import org.jspecify.annotations.Nullable;

/**
 * What a Raft server and its clients share: settings, and the threads, which run while one of them is open. It reaches
 * Ratis, which makes the transport by its class name, through {@link #parameters()}.
 */
public final class RaftTransport {

    private static final String PARAMETER = "io.barnabas.raft.transport";

    /** Leaves connections as they are. */
    private static final ConnectionHook NO_HOOK = (pipeline, self, peer, kind) -> {};

    private final RaftTransportConfig config;
    private final ConnectionHook hook;
    private final @Nullable SslContext accepting;
    private final @Nullable SslContext connecting;
    private int users;
    private @Nullable EventLoops loops;

    /**
     * Sees each connection, at both ends, before anything but the handshake has gone over it, and may add handlers next
     * to the socket. Each message that such a handler is asked to write is one whole frame.
     */
    @FunctionalInterface
    interface ConnectionHook {

        /**
         * @param self node at this end
         * @param peer node at the other end
         */
        void connected(ChannelPipeline pipeline, String self, String peer, ChannelKind kind);
    }

    /**
     * Reads the keys when there are any.
     *
     * @throws IOException when a file of {@code raft.ssl.*} cannot be read or used
     */
    public RaftTransport(RaftTransportConfig config) throws IOException {
        this(config, NO_HOOK);
    }

    RaftTransport(RaftTransportConfig config, ConnectionHook hook) throws IOException {
        this.config = config;
        this.hook = hook;
        if (config.tls().isPresent()) {
            try {
                accepting = config.tls().get().accepting();
                connecting = config.tls().get().connecting();
            } catch (IllegalArgumentException e) {
                throw new IOException("the files of raft.ssl.* cannot be used: " + e.getMessage(), e);
            }
        } else {
            accepting = null;
            connecting = null;
        }
    }

    /** For the builders of Ratis' servers and clients. */
    public Parameters parameters() {
        Parameters parameters = new Parameters();
        parameters.put(PARAMETER, this, RaftTransport.class);
        return parameters;
    }

    static RaftTransport of(Parameters parameters) {
        return parameters.getNonNull(PARAMETER, RaftTransport.class);
    }

    RaftTransportConfig config() {
        return config;
    }

    ConnectionHook hook() {
        return hook;
    }

    @Nullable
    SslContext accepting() {
        return accepting;
    }

    @Nullable
    SslContext connecting() {
        return connecting;
    }

    /** The threads, to be given back by {@link #release}. */
    synchronized EventLoops acquire() {
        EventLoops running = loops;
        if (running == null) {
            running = new EventLoops(
                    "raft-" + config.kind().name().toLowerCase(Locale.ROOT) + "-" + config.nodeId(),
                    config.dataThreads());
            loops = running;
        }
        users++;
        return running;
    }

    void release() {
        EventLoops unused = null;
        synchronized (this) {
            users--;
            if (users == 0) {
                unused = loops;
                loops = null;
            }
        }
        if (unused != null) {
            unused.close();
        }
    }
}
