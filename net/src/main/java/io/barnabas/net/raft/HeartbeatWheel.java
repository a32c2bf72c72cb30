package io.barnabas.net.raft;

import io.barnabas.net.raft.Frames.Heartbeat;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.leader.FollowerInfo;
import org.jspecify.annotations.Nullable;

/**
 * The heartbeats of all groups led here to one node: those due within the same tick travel in one frame. Each appender
 * is in one slot of the wheel, where its next heartbeat may be due; without appenders the wheel stands still. It belongs
 * to the control thread.
 */
final class HeartbeatWheel {

    private static final int SLOTS = 64;
    private static final int MAX_FRAME_BYTES = 64 << 10;
    private static final int TICKS_PER_TIMEOUT = 16;
    private static final long SHORTEST_TICK_MS = 5;
    private static final long LONGEST_TICK_MS = 25;

    private final Peer peer;
    private final long electionTimeoutMs;
    private final long tickMs;
    private final List<List<EventLogAppender>> slots = new ArrayList<>(SLOTS);
    private final Queue<EventLogAppender> prompt = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean promptScheduled = new AtomicBoolean();
    private long tickedNs;
    private int position;
    private int size;
    private @Nullable ScheduledFuture<?> timer;

    /** @param electionTimeoutMs the shortest */
    HeartbeatWheel(Peer peer, long electionTimeoutMs) {
        this.peer = peer;
        this.electionTimeoutMs = electionTimeoutMs;
        this.tickMs = Math.clamp(electionTimeoutMs / TICKS_PER_TIMEOUT, SHORTEST_TICK_MS, LONGEST_TICK_MS);
        for (int i = 0; i < SLOTS; i++) {
            slots.add(new ArrayList<>());
        }
    }

    /**
     * When a follower wants the next heartbeat, in milliseconds from now. As Ratis has it, but by the shortest election
     * timeout, which need not be that of the appender's own division.
     */
    long heartbeatWaitMs(FollowerInfo follower) {
        return Math.max(
                electionTimeoutMs / 2 - follower.getLastRpcResponseTime().elapsedTimeMs(),
                electionTimeoutMs / 4 - follower.getLastHeartbeatSendTime().elapsedTimeMs());
    }

    /** Takes an appender in; it leaves by itself when it no longer runs. */
    void add(EventLogAppender appender) {
        execute(() -> {
            insert(appender, 0);
            run();
            now(appender);
        });
    }

    /** Sends this one's heartbeat at once. */
    void now(EventLogAppender appender) {
        prompt.add(appender);
        if (promptScheduled.compareAndSet(false, true)) {
            execute(() -> {
                promptScheduled.set(false);
                List<EventLogAppender> due = new ArrayList<>();
                for (EventLogAppender next = prompt.poll(); next != null; next = prompt.poll()) {
                    due.add(next);
                }
                send(due);
            });
        }
    }

    void stop() {
        execute(() -> {
            if (timer != null) {
                timer.cancel(false);
            }
            slots.forEach(List::clear);
            size = 0;
        });
    }

    private void execute(Runnable task) {
        try {
            peer.control().loop().execute(task);
        } catch (RejectedExecutionException e) {
            prompt.clear();
        }
    }

    private void insert(EventLogAppender appender, long delayMs) {
        int ticks = (int) Math.clamp((delayMs + tickMs - 1) / tickMs, 1, SLOTS - 1);
        slots.get((position + ticks) % SLOTS).add(appender);
        size++;
    }

    private void run() {
        if (timer == null && size > 0) {
            tickedNs = System.nanoTime();
            timer = peer.control().loop().scheduleAtFixedRate(this::tick, tickMs, tickMs, TimeUnit.MILLISECONDS);
        }
    }

    private void tick() {
        long now = System.nanoTime();
        peer.late(TimeUnit.NANOSECONDS.toMillis(now - tickedNs) - tickMs);
        tickedNs = now;
        position = (position + 1) % SLOTS;
        List<EventLogAppender> slot = slots.get(position);
        if (!slot.isEmpty()) {
            List<EventLogAppender> arrived = List.copyOf(slot);
            slot.clear();
            size -= arrived.size();
            visit(arrived);
        }
        peer.closeSilentLinks();
        if (size == 0 && timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void visit(List<EventLogAppender> arrived) {
        List<EventLogAppender> due = new ArrayList<>();
        for (EventLogAppender appender : arrived) {
            if (!appender.isRunning()) {
                peer.remove(appender);
                continue;
            }
            appender.look();
            if (appender.getHeartbeatWaitTimeMs() <= tickMs / 2) {
                due.add(appender);
            }
        }
        send(due);
        for (EventLogAppender appender : arrived) {
            if (appender.isRunning()) {
                peer.watchLeadership(appender);
                insert(appender, appender.getHeartbeatWaitTimeMs());
            }
        }
    }

    private void send(List<EventLogAppender> due) {
        PeerLink link = peer.control();
        if (due.isEmpty()) {
            return;
        }
        if (!link.isOpen()) {
            link.connect();
            return;
        }
        List<Heartbeat> batch = new ArrayList<>();
        int bytes = 0;
        for (EventLogAppender appender : due) {
            AppendEntriesRequestProto request = appender.isRunning() ? appender.heartbeat() : null;
            if (request == null) {
                continue;
            }
            Heartbeat heartbeat = new Heartbeat(appender.id(), request);
            batch.add(heartbeat);
            bytes += heartbeat.size();
            if (bytes >= MAX_FRAME_BYTES) {
                link.write(Frames.heartbeats(link.alloc(), batch));
                batch.clear();
                bytes = 0;
            }
        }
        if (!batch.isEmpty()) {
            link.write(Frames.heartbeats(link.alloc(), batch));
        }
        link.flushSoon();
    }
}
