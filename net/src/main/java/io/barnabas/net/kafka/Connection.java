package io.barnabas.net.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCounted;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.protocol.ApiKeys;
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
    /** What the handlers have promised and not delivered. */
    private final Set<CompletableFuture<?>> waiting = Collections.newSetFromMap(new IdentityHashMap<>());

    private final Set<ApiKeys> asked = EnumSet.noneOf(ApiKeys.class);

    private long pendingBytes;
    private boolean ended;

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
        if (ended) {
            // It came in one piece with the frame that ended the connection.
            return;
        }
        Request request;
        try {
            request = decoder.decode(frame);
        } catch (RequestDecoder.BadRequestException e) {
            LOG.info("closing the connection from {}: {}", channel.channel().remoteAddress(), e.getMessage());
            end(channel);
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
                asked.add(request.api().key()),
                listener,
                (InetSocketAddress) channel.channel().remoteAddress(),
                channel.channel().eventLoop());
        CompletionStage<? extends ApiMessage> answer;
        try {
            answer = handle(request, context);
        } catch (RuntimeException e) {
            fail(channel, request, e);
            return;
        }
        if (answer == null) {
            answered(channel, slot, request, null);
            return;
        }
        CompletableFuture<? extends ApiMessage> future = answer.toCompletableFuture();
        waiting.add(future);
        future.whenComplete((body, error) -> onEventLoop(channel, body, () -> {
            waiting.remove(future);
            if (error == null) {
                answered(channel, slot, request, body);
            } else {
                fail(channel, request, error);
            }
        }));
    }

    private static void onEventLoop(ChannelHandlerContext channel, ApiMessage body, Runnable task) {
        if (channel.executor().inEventLoop()) {
            task.run();
            return;
        }
        try {
            channel.executor().execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("a response came after the listener's end", e);
            SliceRecords.releaseAll(body);
        }
    }

    @SuppressWarnings("unchecked") // the table pairs each handler with the messages of its API
    private static CompletionStage<? extends ApiMessage> handle(Request request, RequestContext context) {
        ApiHandler<ApiMessage, ApiMessage> handler =
                (ApiHandler<ApiMessage, ApiMessage>) request.api().handler();
        return handler.handle(context, request.message());
    }

    private void answered(
            ChannelHandlerContext channel, ResponseOrderer.Slot<Outgoing> slot, Request request, ApiMessage body) {
        if (ended) {
            SliceRecords.releaseAll(body);
            return;
        }
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

    private void write(ChannelHandlerContext channel, Outgoing outgoing) {
        if (ended) {
            // The response before this one could not be encoded.
            SliceRecords.releaseAll(outgoing.body());
            return;
        }
        Request request = outgoing.request();
        List<ReferenceCounted> pieces;
        try {
            // ApiVersions of an unknown version is answered in version 0.
            short version = request.api().serves(request.version()) ? request.version() : 0;
            pieces = ResponseEncoder.encode(
                    channel.alloc(), request.api().key(), version, request.correlationId(), outgoing.body());
        } catch (RuntimeException e) {
            SliceRecords.releaseAll(outgoing.body());
            fail(channel, request, e);
            return;
        }
        for (ReferenceCounted piece : pieces) {
            channel.write(piece, channel.voidPromise());
        }
    }

    private void fail(ChannelHandlerContext channel, Request request, Throwable error) {
        if (ended) {
            return;
        }
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        ApiKeys key = request.api().key();
        if (cause instanceof DropConnectionException) {
            LOG.info(
                    "closing the connection from {} after {}: {}",
                    channel.channel().remoteAddress(),
                    key,
                    cause.getMessage());
        } else {
            LOG.error(
                    "{} version {} from {} failed; closing the connection",
                    key,
                    request.version(),
                    channel.channel().remoteAddress(),
                    cause);
        }
        end(channel);
    }

    /** Lets go of all that is under way for this client; no request is handled and no response sent after it. */
    private void end(ChannelHandlerContext channel) {
        if (ended) {
            return;
        }
        ended = true;
        orderer.drop().forEach(outgoing -> SliceRecords.releaseAll(outgoing.body()));
        List<CompletableFuture<?>> unanswered = List.copyOf(waiting);
        waiting.clear();
        unanswered.forEach(future -> future.cancel(false));
        channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext channel) {
        end(channel);
        channel.fireChannelInactive();
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
            end(channel);
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
        end(channel);
    }
}
