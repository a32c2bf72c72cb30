package io.barnabas.net.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCounted;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: frames in, responses out in the same order. What goes wrong here ends this connection and
 * touches no other.
 */
final class Connection extends SimpleChannelInboundHandler<ByteBuf> {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** Reading pauses while more requests than this wait for their answers; clients pipeline far fewer. */
    private static final int MAX_PENDING_REQUESTS = 64;

    private final String listener;
    private final RequestDecoder decoder;
    private final long maxPendingBytes;
    private final ResponseOrderer<Outgoing> orderer = new ResponseOrderer<>();
    private long pendingBytes;

    /** A response that is not encoded yet. */
    private record Outgoing(Request request, ApiMessage body) {}

    /**
     * A connection's state.
     *
     * @param maxPendingBytes reading pauses while unanswered requests hold more than this
     */
    Connection(String listener, ApiTable apis, long maxPendingBytes) {
        this.listener = listener;
        this.decoder = new RequestDecoder(apis);
        this.maxPendingBytes = maxPendingBytes;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext channel, ByteBuf frame) {
        Request request;
        try {
            request = decoder.decode(frame);
        } catch (RequestDecoder.BadRequestException e) {
            LOG.info("closing the connection from {}: {}", channel.channel().remoteAddress(), e.getMessage());
            channel.close();
            return;
        }
        ResponseOrderer.Slot<Outgoing> slot = orderer.arrived();
        pendingBytes += request.sizeInBytes();
        regulate(channel);
        dispatch(channel, request, slot);
    }

    private void dispatch(ChannelHandlerContext channel, Request request, ResponseOrderer.Slot<Outgoing> slot) {
        RequestContext context = new RequestContext(
                request.version(),
                request.correlationId(),
                request.clientId(),
                listener,
                (InetSocketAddress) channel.channel().remoteAddress(),
                channel.channel().eventLoop());
        Optional<CompletionStage<? extends ApiMessage>> answer;
        try {
            answer = Optional.ofNullable(handle(request, context));
        } catch (RuntimeException e) {
            fail(channel, request, e);
            return;
        }
        if (answer.isEmpty()) {
            answered(channel, slot, request, null);
            return;
        }
        answer.get().whenComplete((body, error) -> {
            if (channel.executor().inEventLoop()) {
                answered(channel, slot, request, body, error);
            } else {
                channel.executor().execute(() -> answered(channel, slot, request, body, error));
            }
        });
    }

    @SuppressWarnings("unchecked") // the table pairs each handler with the messages of its API
    private static CompletionStage<? extends ApiMessage> handle(Request request, RequestContext context) {
        ApiHandler<ApiMessage, ApiMessage> handler =
                (ApiHandler<ApiMessage, ApiMessage>) request.api().handler();
        return handler.handle(context, request.message());
    }

    private void answered(
            ChannelHandlerContext channel,
            ResponseOrderer.Slot<Outgoing> slot,
            Request request,
            ApiMessage body,
            Throwable error) {
        if (error != null) {
            fail(channel, request, error);
        } else {
            answered(channel, slot, request, body);
        }
    }

    private void answered(
            ChannelHandlerContext channel, ResponseOrderer.Slot<Outgoing> slot, Request request, ApiMessage body) {
        pendingBytes -= request.sizeInBytes();
        List<Outgoing> leaving = orderer.ready(slot, body == null ? null : new Outgoing(request, body));
        for (Outgoing outgoing : leaving) {
            write(channel, outgoing);
        }
        if (!leaving.isEmpty()) {
            channel.flush();
        }
        regulate(channel);
    }

    private static void write(ChannelHandlerContext channel, Outgoing outgoing) {
        Request request = outgoing.request();
        List<ReferenceCounted> pieces;
        try {
            // ApiVersions of an unknown version is answered in version 0.
            short version = request.api().serves(request.version()) ? request.version() : 0;
            pieces = ResponseEncoder.encode(
                    channel.alloc(), request.api().key(), version, request.correlationId(), outgoing.body());
        } catch (RuntimeException e) {
            fail(channel, request, e);
            return;
        }
        for (ReferenceCounted piece : pieces) {
            channel.write(piece, channel.voidPromise());
        }
    }

    private static void fail(ChannelHandlerContext channel, Request request, Throwable error) {
        LOG.error(
                "{} version {} from {} failed; closing the connection",
                request.api().key(),
                request.version(),
                channel.channel().remoteAddress(),
                error);
        channel.close();
    }

    private void regulate(ChannelHandlerContext channel) {
        boolean room = orderer.pending() < MAX_PENDING_REQUESTS
                && pendingBytes < maxPendingBytes
                && channel.channel().isWritable();
        channel.channel().config().setAutoRead(room);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext channel) {
        regulate(channel);
        channel.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext channel, Object event) {
        if (event instanceof IdleStateEvent && orderer.pending() == 0) {
            channel.close();
        } else {
            channel.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext channel, Throwable cause) {
        if (cause instanceof DecoderException) {
            LOG.info("closing the connection from {}: {}", channel.channel().remoteAddress(), cause.getMessage());
        } else if (cause instanceof IOException) {
            LOG.debug("connection from {} broke", channel.channel().remoteAddress(), cause);
        } else {
            LOG.error("connection from {} failed", channel.channel().remoteAddress(), cause);
        }
        channel.close();
    }
}
