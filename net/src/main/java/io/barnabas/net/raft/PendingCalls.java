package io.barnabas.net.raft;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.ratis.protocol.exceptions.RaftException;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;

/** Calls of one link that are not answered yet. Used on the link's event loop only. */
final class PendingCalls {

    private final Map<Long, Call> calls = new LinkedHashMap<>();
    private long lastId;

    private record Call(CompletableFuture<Frame> answer, CallMethod method, MessageLite request) {}

    long add(CompletableFuture<Frame> answer, CallMethod method, MessageLite request) {
        lastId++;
        calls.put(lastId, new Call(answer, method, request));
        return lastId;
    }

    void send(long id, Channel channel, Consumer<ByteBuf> write) {
        Call call = calls.get(id);
        if (call != null) {
            write.accept(Frames.call(channel.alloc(), id, call.method, call.request));
            channel.flush();
        }
    }

    /** Sends those that waited for the connection; what was sent over an earlier one has failed with it. */
    void sendAll(Channel channel, Consumer<ByteBuf> write) {
        for (Map.Entry<Long, Call> call : calls.entrySet()) {
            write.accept(Frames.call(channel.alloc(), call.getKey(), call.getValue().method, call.getValue().request));
        }
    }

    /** Whether a frame was meant for a call. */
    boolean answered(Frame frame) throws GarbageException {
        if (frame.type() != FrameType.ANSWER && frame.type() != FrameType.FAILURE) {
            return false;
        }
        Call call = calls.remove(frame.number8());
        if (call == null) {
            // It ran out of time.
            return true;
        }
        if (frame.type() == FrameType.ANSWER) {
            call.answer.complete(frame);
        } else {
            String type = Frame.text(frame.part());
            call.answer.completeExceptionally(exception(type, Frame.text(frame.rest())));
        }
        return true;
    }

    void fail(long id, IOException reason) {
        Call call = calls.remove(id);
        if (call != null) {
            call.answer.completeExceptionally(reason);
        }
    }

    void failAll(IOException reason) {
        List<Call> failed = new ArrayList<>(calls.values());
        calls.clear();
        failed.forEach(call -> call.answer.completeExceptionally(reason));
    }

    /** Ratis acts by the type of its own exceptions, so those arrive as what they were. */
    private static IOException exception(String type, String message) {
        if (type.startsWith(RaftException.class.getPackageName() + ".")) {
            try {
                Class<?> known = Class.forName(type);
                if (RaftException.class.isAssignableFrom(known)) {
                    return (IOException) known.getConstructor(String.class).newInstance(message);
                }
            } catch (ClassNotFoundException
                    | NoSuchMethodException
                    | InstantiationException
                    | IllegalAccessException
                    | InvocationTargetException e) {
                return new IOException(type + ": " + message, e);
            }
        }
        return new IOException(type + ": " + message);
    }
}
