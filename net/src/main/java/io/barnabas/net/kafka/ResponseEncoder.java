package io.barnabas.net.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultFileRegion;
import io.netty.util.ReferenceCounted;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.utils.ByteUtils;

/** Writes a response as pieces for the socket: buffers, and file regions where records come from a segment. */
final class ResponseEncoder {

    private ResponseEncoder() {}

    /**
     * The whole frame, length included. Each piece is released by writing it. When encoding fails, slices of the body
     * that were not reached are still held.
     */
    static List<ReferenceCounted> encode(
            ByteBufAllocator allocator, ApiKeys key, short version, int correlationId, ApiMessage body) {
        Pieces pieces = new Pieces(allocator);
        try {
            pieces.writeInt(0);
            // ApiVersions answers with header version 0 whatever its own version: the client may not know better yet.
            short headerVersion = key.responseHeaderVersion(version);
            ObjectSerializationCache cache = new ObjectSerializationCache();
            ResponseHeaderData header = new ResponseHeaderData().setCorrelationId(correlationId);
            header.size(cache, headerVersion);
            header.write(pieces, cache, headerVersion);
            body.size(cache, version);
            body.write(pieces, cache, version);
            return pieces.finish();
        } catch (RuntimeException | Error e) {
            pieces.release();
            throw e;
        }
    }

    /** A segment's bytes on their way out by sendfile; gives the slice back instead of closing the shared file. */
    private static final class SliceRegion extends DefaultFileRegion {
        private final SliceRecords records;

        SliceRegion(SliceRecords records) {
            super(records.slice().channel(), records.slice().position(), records.sizeInBytes());
            this.records = records;
        }

        @Override
        protected void deallocate() {
            records.release();
        }
    }

    private static final class Pieces implements Writable {
        private final ByteBufAllocator allocator;
        private final List<ReferenceCounted> done = new ArrayList<>();
        private final ByteBuf first;
        /** What is written to; null once it is among those done. */
        private ByteBuf current;

        private long length = -Integer.BYTES;

        Pieces(ByteBufAllocator allocator) {
            this.allocator = allocator;
            this.first = allocator.buffer();
            this.current = first;
        }

        List<ReferenceCounted> finish() {
            endCurrent();
            first.setInt(0, Math.toIntExact(length));
            return done;
        }

        private void endCurrent() {
            length += current.readableBytes();
            done.add(current);
            current = null;
        }

        void release() {
            done.forEach(ReferenceCounted::release);
            if (current != null) {
                current.release();
            }
        }

        @Override
        public void writeRecords(BaseRecords records) {
            if (records instanceof SliceRecords sliced) {
                if (sliced.sizeInBytes() == 0) {
                    sliced.release();
                    return;
                }
                endCurrent();
                length += sliced.sizeInBytes();
                done.add(new SliceRegion(sliced));
                current = allocator.buffer();
            } else {
                Writable.super.writeRecords(records);
            }
        }

        @Override
        public void writeByte(byte value) {
            current.writeByte(value);
        }

        @Override
        public void writeShort(short value) {
            current.writeShort(value);
        }

        @Override
        public void writeInt(int value) {
            current.writeInt(value);
        }

        @Override
        public void writeLong(long value) {
            current.writeLong(value);
        }

        @Override
        public void writeDouble(double value) {
            current.writeDouble(value);
        }

        @Override
        public void writeByteArray(byte[] bytes) {
            current.writeBytes(bytes);
        }

        @Override
        public void writeByteBuffer(ByteBuffer buffer) {
            current.writeBytes(buffer.duplicate());
        }

        @Override
        public void writeUnsignedVarint(int value) {
            int rest = value;
            while ((rest & ~0x7F) != 0) {
                current.writeByte((rest & 0x7F) | 0x80);
                rest >>>= 7;
            }
            current.writeByte(rest);
        }

        @Override
        public void writeVarint(int value) {
            writeUnsignedVarint((value << 1) ^ (value >> 31));
        }

        @Override
        public void writeVarlong(long value) {
            ByteBuffer bytes = ByteBuffer.allocate(ByteUtils.sizeOfVarlong(value));
            ByteUtils.writeVarlong(value, bytes);
            current.writeBytes(bytes.flip());
        }
    }
}
