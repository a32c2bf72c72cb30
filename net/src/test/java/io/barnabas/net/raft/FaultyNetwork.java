package io.barnabas.net.raft;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A network between nodes of this process that misbehaves as it is told: frames are lost, repeated, late or swapped,
 * one or both directions between two nodes are cut, connections break, nodes freeze. TCP itself neither repeats nor
 * swaps frames; that Raft stands it shows that no step of the transport relies on more than it says.
 */
final class FaultyNetwork implements RaftTransport.ConnectionHook {

    private static final int SWAP_WAIT_MS = 5;

    private final SplittableRandom random;
    private final Set<Wire> wires = ConcurrentHashMap.newKeySet();
    private final Set<Direction> cuts = ConcurrentHashMap.newKeySet();
    private final Set<String> frozen = ConcurrentHashMap.newKeySet();
    private volatile Noise noise = Noise.NONE;

    FaultyNetwork(SplittableRandom random) {
        this.random = random;
    }

    /**
     * How likely each misfortune is for a frame, from 0 to 1.
     *
     * @param lateMs by how much at most
     */
    record Noise(double lost, double repeated, double late, double swapped, int lateMs) {
        static final Noise NONE = new Noise(0, 0, 0, 0, 0);
    }

    /** Frames of one kind that go from one node to another. */
    record Direction(String from, String to, ChannelKind kind) {}

    void noise(Noise now) {
        noise = now;
    }

    /** Loses all frames of these kinds from one node to another. */
    void cut(String from, String to, ChannelKind... kinds) {
        for (ChannelKind kind : kinds) {
            cuts.add(new Direction(from, to, kind));
        }
    }

    void mend(String from, String to) {
        cuts.removeIf(cut -> cut.from.equals(from) && cut.to.equals(to));
    }

    /** Closes the connections between two nodes, in the middle of whatever they carry. */
    void reset(String one, String other) {
        closeAll(wire -> wire.joins(one, other));
    }

    void resetAll() {
        closeAll(wire -> true);
    }

    private void closeAll(Predicate<Wire> which) {
        wires.stream().filter(which).forEach(wire -> wire.channel.close());
    }

    /** The node neither reads nor writes any more, but its connections stay. */
    void freeze(String node) {
        frozen.add(node);
        wires.stream()
                .filter(wire -> wire.self.equals(node))
                .forEach(wire -> wire.channel.config().setAutoRead(false));
    }

    /** What the node wanted to write leaves now, and what came for it meanwhile is read. */
    void thaw(String node) {
        frozen.remove(node);
        wires.stream().filter(wire -> wire.self.equals(node)).forEach(Wire::thaw);
    }

    void heal() {
        noise = Noise.NONE;
        cuts.clear();
        frozen.forEach(this::thaw);
    }

    @Override
    public void connected(ChannelPipeline pipeline, String self, String peer, ChannelKind kind) {
        Wire wire;
        synchronized (random) {
            wire = new Wire(pipeline.channel(), self, peer, kind, random.split());
        }
        pipeline.addFirst(wire);
        wires.add(wire);
        pipeline.channel().closeFuture().addListener(closed -> wires.remove(wire));
        if (frozen.contains(self)) {
            pipeline.channel().config().setAutoRead(false);
        }
    }

    /** One end of a connection; what it writes. */
    private final class Wire extends ChannelOutboundHandlerAdapter {

        private final Channel channel;
        private final String self;
        private final String peer;
        private final Direction direction;
        private final SplittableRandom dice;
        private final Deque<Object> held = new ArrayDeque<>();
        private @Nullable Object swapped;
        private @Nullable ChannelHandlerContext context;

        Wire(Channel channel, String self, String peer, ChannelKind kind, SplittableRandom dice) {
            this.channel = channel;
            this.self = self;
            this.peer = peer;
            this.direction = new Direction(self, peer, kind);
            this.dice = dice;
        }

        boolean joins(String one, String other) {
            return self.equals(one) && peer.equals(other) || self.equals(other) && peer.equals(one);
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            context = ctx;
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            held.forEach(ReferenceCountUtil::release);
            held.clear();
            ReferenceCountUtil.release(swapped);
            swapped = null;
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
            if (frozen.contains(self)) {
                held.add(msg);
                return;
            }
            double throwOf = dice.nextDouble();
            Noise now = noise;
            if (cuts.contains(direction) || (throwOf -= now.lost) < 0) {
                ReferenceCountUtil.release(msg);
            } else if ((throwOf -= now.repeated) < 0) {
                later(ctx, ((ByteBuf) msg).copy(), dice.nextInt(now.lateMs + 1));
                ctx.write(msg, promise);
            } else if ((throwOf -= now.late) < 0) {
                later(ctx, msg, 1 + dice.nextInt(now.lateMs + 1));
            } else if (throwOf - now.swapped < 0 && swapped == null) {
                swapped = msg;
                ctx.executor().schedule(() -> unswap(ctx), SWAP_WAIT_MS, TimeUnit.MILLISECONDS);
            } else {
                ctx.write(msg, promise);
                unswap(ctx);
            }
        }

        private void unswap(ChannelHandlerContext ctx) {
            Object waiting = swapped;
            swapped = null;
            if (waiting != null) {
                ctx.writeAndFlush(waiting);
            }
        }

        private void later(ChannelHandlerContext ctx, Object msg, int ms) {
            ctx.executor().schedule(() -> deliver(ctx, msg), ms, TimeUnit.MILLISECONDS);
        }

        private void deliver(ChannelHandlerContext ctx, Object msg) {
            if (cuts.contains(direction) || ctx.isRemoved()) {
                ReferenceCountUtil.release(msg);
            } else if (frozen.contains(self)) {
                held.add(msg);
            } else {
                ctx.writeAndFlush(msg);
            }
        }

        void thaw() {
            channel.eventLoop().execute(() -> {
                ChannelHandlerContext ctx = context;
                for (Object msg = held.poll(); msg != null && ctx != null; msg = held.poll()) {
                    ctx.writeAndFlush(msg);
                }
                channel.config().setAutoRead(true);
            });
        }
    }
}
