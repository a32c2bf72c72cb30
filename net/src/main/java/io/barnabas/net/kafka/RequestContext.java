package io.barnabas.net.kafka;

import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;

/**
 * Where a request came from.
 *
 * @param apiVersion the version its message was read with
 * @param correlationId the client's number for it
 * @param clientId the client's name for itself, or null
 * @param first whether the connection's first request of its API
 * @param listener the listener it came in by; Metadata answers with endpoints of the same listener
 * @param remote the client's address
 * @param eventLoop the connection's event loop, for timers
 */
public record RequestContext(
        short apiVersion,
        int correlationId,
        String clientId,
        boolean first,
        String listener,
        InetSocketAddress remote,
        EventLoop eventLoop) {}
