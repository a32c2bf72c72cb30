package io.barnabas.net.raft;

import io.barnabas.net.raft.Frames.AppendAnswer;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Answers to appends of many groups on one connection. Those that are ready together leave in one frame. */
final class ReplyQueue {

    /** A frame's worth. */
    private static final int MAX_BYTES = 64 << 10;

    private final Channel channel;
    private final Queue<AppendAnswer> ready = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();

    ReplyQueue(Channel channel) {
        this.channel = channel;
    }

    void add(AppendAnswer answer) {
        ready.add(answer);
        if (scheduled.compareAndSet(false, true)) {
            try {
                channel.eventLoop().execute(this::send);
            } catch (RejectedExecutionException e) {
                ready.clear();
            }
        }
    }

    private void send() {
        scheduled.set(false);
        if (!channel.isActive()) {
            ready.clear();
            return;
        }
        List<AppendAnswer> batch = new ArrayList<>();
        int bytes = 0;
        for (AppendAnswer answer = ready.poll(); answer != null; answer = ready.poll()) {
            batch.add(answer);
            bytes += answer.size();
            if (bytes >= MAX_BYTES) {
                channel.write(Frames.replies(channel.alloc(), batch), channel.voidPromise());
                batch.clear();
                bytes = 0;
            }
        }
        if (!batch.isEmpty()) {
            channel.write(Frames.replies(channel.alloc(), batch), channel.voidPromise());
        }
        channel.flush();
    }
}
