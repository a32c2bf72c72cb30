package io.barnabas.net.raft;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.ratis.thirdparty.com.google.protobuf.Parser;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * A frame that has arrived, read from its beginning to its end. Its bytes are never reused, so that what is parsed may
 * refer to them.
 */
final class Frame {

    private final FrameType type;
    private final ByteBuffer body;

    /** @param bytes the type's code and the body */
    Frame(byte[] bytes) throws GarbageException {
        this.type = FrameType.of(bytes[0]).orElseThrow(() -> new GarbageException("frame of unknown kind " + bytes[0]));
        this.body = ByteBuffer.wrap(bytes, 1, bytes.length - 1).slice();
    }

    FrameType type() {
        return type;
    }

    boolean hasMore() {
        return body.hasRemaining();
    }

    byte number1() throws GarbageException {
        try {
            return body.get();
        } catch (BufferUnderflowException e) {
            throw new GarbageException(type + " is cut short", e);
        }
    }

    int number4() throws GarbageException {
        try {
            return body.getInt();
        } catch (BufferUnderflowException e) {
            throw new GarbageException(type + " is cut short", e);
        }
    }

    long number8() throws GarbageException {
        try {
            return body.getLong();
        } catch (BufferUnderflowException e) {
            throw new GarbageException(type + " is cut short", e);
        }
    }

    /** The next part, whose length comes before it, without a copy. */
    ByteBuffer part() throws GarbageException {
        return bytes(number4());
    }

    /** The next {@code length} bytes, without a copy. */
    ByteBuffer bytes(int length) throws GarbageException {
        if (length < 0 || length > body.remaining()) {
            throw new GarbageException(type + " says " + length + " bytes where " + body.remaining() + " are left");
        }
        ByteBuffer part = body.slice(body.position(), length);
        body.position(body.position() + length);
        return part;
    }

    /** All that is left, without a copy. */
    ByteBuffer rest() throws GarbageException {
        return bytes(body.remaining());
    }

    static String text(ByteBuffer utf8) {
        return StandardCharsets.UTF_8.decode(utf8).toString();
    }

    /**
     * Parses a message.
     *
     * @param alias whether its bytes may stay where they are, which keeps the whole frame in memory for as long
     */
    static <T> T parse(Parser<T> parser, ByteBuffer part, boolean alias) throws GarbageException {
        try {
            CodedInputStream in = UnsafeByteOperations.unsafeWrap(part).newCodedInput();
            in.enableAliasing(alias);
            return parser.parseFrom(in);
        } catch (InvalidProtocolBufferException e) {
            throw new GarbageException("not a message of Raft: " + e.getMessage(), e);
        }
    }
}
