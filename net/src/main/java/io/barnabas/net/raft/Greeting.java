package io.barnabas.net.raft;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The beginning of a connection to another node: says hello, and waits to be let in. */
final class Greeting extends ChannelInboundHandlerAdapter {

    private static final int TIMEOUT_MS = 2_000;

    private final Hello hello;
    private final Outcome outcome;
    private @Nullable ScheduledFuture<?> timer;
    private @Nullable String refused;

    Greeting(Hello hello, Outcome outcome) {
        this.hello = hello;
        this.outcome = outcome;
    }

    /** What comes of it, told on the connection's event loop. */
    interface Outcome {

        /** The other node is ready. Who goes on puts a handler into the pipeline in place of this one. */
        void welcomed(ChannelHandlerContext greeting);

        /** Something went wrong, for which the connection will close. */
        void broke(Throwable cause);

        /** The connection closed before there was a welcome. */
        void failed(Throwable cause);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(Frames.hello(ctx.alloc(), hello));
        timer = ctx.executor()
                .schedule(
                        () -> {
                            refused = "it does not answer the hello";
                            ctx.close();
                        },
                        TIMEOUT_MS,
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws GarbageException {
        Frame frame = (Frame) msg;
        if (frame.type() == FrameType.REFUSED) {
            refused = "it refuses this node: " + Frame.text(frame.rest());
            ctx.close();
            return;
        }
        if (frame.type() != FrameType.WELCOME) {
            throw new GarbageException(frame.type() + " instead of a welcome");
        }
        stopTimer();
        outcome.welcomed(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stopTimer();
        outcome.failed(new IOException(refused == null ? "it closes the connection" : refused));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (GarbageException.arrived(cause)) {
            refused = cause.getMessage();
        }
        outcome.broke(cause);
        ctx.close();
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
