package io.barnabas.log;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;

/**
 * Holds answers back until more replicas than a majority have the batch ({@code min.insync.replicas}). Ratis tells of a
 * follower's progress only when asked, so a thread asks as long as an answer waits. One leader's; any thread.
 */
final class InsyncReplicas {

    /** A follower that was silent for so long is not counted on. */
    private static final long SILENT_MS = 3_000;

    private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(300);

    private final Supplier<RaftServer.Division> division;
    private final Executor blocking;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private boolean polling;

    /** An answer that waits for {@code required} replicas to have the entry at {@code index}. */
    private record Waiting(long index, int required, Answer answer) {}

    /** Takes the end of a wait. */
    interface Answer {
        void enough();

        /** @param reason never null */
        void failed(AppendRefusal reason, String message);
    }

    /** @param blocking runs the thread that asks */
    InsyncReplicas(Supplier<RaftServer.Division> division, Executor blocking) {
        this.division = division;
        this.blocking = blocking;
    }

    /** Whether a batch that Raft has committed must still wait for other replicas. */
    boolean isAboveMajority(int required) {
        return required > replicas() / 2 + 1;
    }

    /** How many replicas a batch can reach now, this one included. */
    int live() {
        List<ServerRpcProto> followers =
                division.get().getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
        return 1
                + (int) followers.stream()
                        .filter(follower -> follower.getLastRpcElapsedTimeMs() < SILENT_MS)
                        .count();
    }

    private int replicas() {
        return division.get().getRaftConf().getAllPeers().size();
    }

    /** Answers when enough replicas have an entry; entries come in order. */
    void await(long index, int required, Answer answer) {
        synchronized (waiting) {
            waiting.addLast(new Waiting(index, required, answer));
            if (polling) {
                return;
            }
            polling = true;
        }
        blocking.execute(this::poll);
    }

    private void poll() {
        long checked = System.nanoTime();
        while (true) {
            boolean checkLive = System.nanoTime() - checked > TimeUnit.MILLISECONDS.toNanos(SILENT_MS / 10);
            if (checkLive) {
                checked = System.nanoTime();
            }
            settle(checkLive);
            synchronized (waiting) {
                if (waiting.isEmpty()) {
                    polling = false;
                    return;
                }
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private void settle(boolean checkLive) {
        DivisionInfo info = division.get().getInfo();
        long[] matched = info.isLeader() ? info.getFollowerMatchIndices() : null;
        if (matched == null) {
            drain(first -> true).forEach(lost -> lost.answer().failed(AppendRefusal.NOT_LEADER, "the lead was lost"));
            return;
        }
        Arrays.sort(matched);
        drain(first -> isMatched(matched, first)).forEach(done -> done.answer().enough());
        if (checkLive) {
            int live = live();
            drain(first -> first.required() > live)
                    .forEach(late -> late.answer()
                            .failed(
                                    AppendRefusal.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
                                    "stored, but only " + live + " of the " + late.required()
                                            + " replicas that min.insync.replicas asks for are reachable"));
        }
    }

    private static boolean isMatched(long[] ascending, Waiting first) {
        int followers = first.required() - 1;
        return followers <= ascending.length && ascending[ascending.length - followers] >= first.index();
    }

    private List<Waiting> drain(Predicate<Waiting> ready) {
        synchronized (waiting) {
            Deque<Waiting> drained = new ArrayDeque<>();
            while (!waiting.isEmpty() && ready.test(waiting.getFirst())) {
                drained.addLast(waiting.removeFirst());
            }
            return List.copyOf(drained);
        }
    }
}
