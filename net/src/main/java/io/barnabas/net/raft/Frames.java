package io.barnabas.net.raft;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedOutputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;

/** Writes frames: a length of four bytes, the type's code, the body. Each is one buffer. */
final class Frames {

    private static final int LENGTH_BYTES = 4;
    private static final int TYPE_BYTES = 1;
    private static final int ID_BYTES = 8;
    private static final int MAX_TEXT = 2_000;

    private Frames() {}

    static ByteBuf hello(ByteBufAllocator alloc, Hello hello) {
        ByteBuf out = begin(alloc, FrameType.HELLO, Hello.MAX_BYTES);
        hello.writeTo(out);
        return end(out);
    }

    static ByteBuf welcome(ByteBufAllocator alloc) {
        return end(begin(alloc, FrameType.WELCOME, 0));
    }

    static ByteBuf refused(ByteBufAllocator alloc, String reason) {
        byte[] text = text(reason);
        return end(begin(alloc, FrameType.REFUSED, text.length).writeBytes(text));
    }

    static ByteBuf call(ByteBufAllocator alloc, long id, CallMethod method, MessageLite request) {
        ByteBuf out = begin(alloc, FrameType.CALL, ID_BYTES + 1 + request.getSerializedSize());
        out.writeLong(id).writeByte(method.ordinal());
        write(out, request);
        return end(out);
    }

    static ByteBuf answer(ByteBufAllocator alloc, long id, MessageLite reply) {
        ByteBuf out = begin(alloc, FrameType.ANSWER, ID_BYTES + reply.getSerializedSize());
        out.writeLong(id);
        write(out, reply);
        return end(out);
    }

    static ByteBuf failure(ByteBufAllocator alloc, long id, Throwable error) {
        byte[] name = text(error.getClass().getName());
        byte[] message = text(String.valueOf(error.getMessage()));
        ByteBuf out = begin(alloc, FrameType.FAILURE, ID_BYTES + LENGTH_BYTES + name.length + message.length);
        out.writeLong(id).writeInt(name.length).writeBytes(name).writeBytes(message);
        return end(out);
    }

    /**
     * A request with entries.
     *
     * @param payloads of each entry in turn; none when no entry has one
     */
    static ByteBuf append(
            ByteBufAllocator alloc, long appender, AppendEntriesRequestProto request, List<ByteBuffer> payloads) {
        int size = request.getSerializedSize();
        int bytes = payloads.stream().mapToInt(ByteBuffer::remaining).sum();
        ByteBuf out = begin(
                alloc,
                FrameType.APPEND,
                ID_BYTES + LENGTH_BYTES + size + LENGTH_BYTES + payloads.size() * LENGTH_BYTES + bytes);
        out.writeLong(appender).writeInt(size);
        write(out, request);
        out.writeInt(payloads.size());
        payloads.forEach(payload -> out.writeInt(payload.remaining()));
        // A buffer composed of these, which are on the heap, and of native memory would be copied twice to be sent.
        payloads.forEach(payload -> out.writeBytes(payload.duplicate()));
        return end(out);
    }

    /** One group's heartbeat. */
    record Heartbeat(long appender, AppendEntriesRequestProto request) {

        int size() {
            return ID_BYTES + LENGTH_BYTES + request.getSerializedSize();
        }
    }

    static ByteBuf heartbeats(ByteBufAllocator alloc, List<Heartbeat> heartbeats) {
        ByteBuf out = begin(
                alloc,
                FrameType.HEARTBEATS,
                heartbeats.stream().mapToInt(Heartbeat::size).sum());
        for (Heartbeat heartbeat : heartbeats) {
            out.writeLong(heartbeat.appender()).writeInt(heartbeat.request().getSerializedSize());
            write(out, heartbeat.request());
        }
        return end(out);
    }

    /** What became of one group's append or heartbeat. */
    sealed interface AppendAnswer {

        /** Who asked, as it said. */
        long appender();

        int size();

        /** Ratis' own reply. */
        record Reply(long appender, AppendEntriesReplyProto reply) implements AppendAnswer {
            @Override
            public int size() {
                return ID_BYTES + 1 + LENGTH_BYTES + reply.getSerializedSize();
            }
        }

        /** It could not be done, for instance because the group does not run there. */
        record Failed(long appender, long callId, boolean heartbeat, String reason) implements AppendAnswer {
            @Override
            public int size() {
                return ID_BYTES + 1 + LENGTH_BYTES + ID_BYTES + 1 + text(reason).length;
            }
        }
    }

    static ByteBuf replies(ByteBufAllocator alloc, List<AppendAnswer> answers) {
        ByteBuf out = begin(
                alloc,
                FrameType.APPEND_REPLIES,
                answers.stream().mapToInt(AppendAnswer::size).sum());
        for (AppendAnswer answer : answers) {
            out.writeLong(answer.appender());
            switch (answer) {
                case AppendAnswer.Reply reply -> {
                    out.writeByte(0).writeInt(reply.reply().getSerializedSize());
                    write(out, reply.reply());
                }
                case AppendAnswer.Failed failed -> {
                    byte[] reason = text(failed.reason());
                    out.writeByte(1).writeInt(ID_BYTES + 1 + reason.length);
                    out.writeLong(failed.callId())
                            .writeBoolean(failed.heartbeat())
                            .writeBytes(reason);
                }
            }
        }
        return end(out);
    }

    static AppendAnswer readReply(Frame frame) throws GarbageException {
        long appender = frame.number8();
        byte status = frame.number1();
        ByteBuffer part = frame.part();
        return switch (status) {
            case 0 -> new AppendAnswer.Reply(appender, Frame.parse(AppendEntriesReplyProto.parser(), part, false));
            case 1 -> {
                if (part.remaining() < ID_BYTES + 1) {
                    throw new GarbageException("a failed append without its id");
                }
                yield new AppendAnswer.Failed(appender, part.getLong(), part.get() != 0, Frame.text(part));
            }
            default -> throw new GarbageException("a reply with status " + status);
        };
    }

    private static ByteBuf begin(ByteBufAllocator alloc, FrameType type, int size) {
        return alloc.directBuffer(LENGTH_BYTES + TYPE_BYTES + size).writeInt(0).writeByte(type.code());
    }

    private static ByteBuf end(ByteBuf out) {
        return out.setInt(0, out.readableBytes() - LENGTH_BYTES);
    }

    private static void write(ByteBuf out, MessageLite message) {
        int size = message.getSerializedSize();
        out.ensureWritable(size);
        CodedOutputStream target = CodedOutputStream.newInstance(out.nioBuffer(out.writerIndex(), size));
        try {
            message.writeTo(target);
            target.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("a message larger than it said", e);
        }
        target.checkNoSpaceLeft();
        out.writerIndex(out.writerIndex() + size);
    }

    private static byte[] text(String text) {
        return (text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text).getBytes(StandardCharsets.UTF_8);
    }
}
