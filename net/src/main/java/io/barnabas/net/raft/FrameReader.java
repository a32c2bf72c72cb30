package io.barnabas.net.raft;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/** Gathers frames. Each gets an array of its own, filled straight from what the socket gave. */
final class FrameReader extends ChannelInboundHandlerAdapter {

    private static final int LENGTH_BYTES = 4;

    private int limit;
    private int lengthRead;
    private int length;
    private byte @Nullable [] frame;
    private int filled;

    /** @param limit length of the largest frame, for now */
    FrameReader(int limit) {
        this.limit = limit;
    }

    void limit(int bytes) {
        limit = bytes;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws GarbageException {
        ByteBuf in = (ByteBuf) msg;
        try {
            while (in.isReadable()) {
                read(ctx, in);
            }
        } finally {
            in.release();
        }
    }

    private void read(ChannelHandlerContext ctx, ByteBuf in) throws GarbageException {
        byte[] target = frame;
        if (target == null) {
            length = length << 8 | in.readUnsignedByte();
            lengthRead++;
            if (lengthRead < LENGTH_BYTES) {
                return;
            }
            if (length < 1 || length > limit) {
                in.skipBytes(in.readableBytes());
                throw new GarbageException("a frame of " + length + " bytes where " + limit + " are allowed");
            }
            frame = new byte[length];
            filled = 0;
            return;
        }
        int part = Math.min(in.readableBytes(), target.length - filled);
        in.readBytes(target, filled, part);
        filled += part;
        if (filled == target.length) {
            frame = null;
            length = 0;
            lengthRead = 0;
            ctx.fireChannelRead(new Frame(target));
        }
    }
}
