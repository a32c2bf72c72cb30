package io.barnabas.net.raft;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived for one group, done one after the other in the order of arrival, over whichever connection. Where
 * Ratis will not block it is done on the thread that brings it; else, and until there is nothing left, on one of its own.
 */
final class GroupInbox {

    /** A group that takes longer is asked again by its leader. */
    private static final Duration OPENING = Duration.ofSeconds(3);

    private static final long SHORTEST_PAUSE_MS = 2;
    private static final long LONGEST_PAUSE_MS = 50;

    private final RaftServer server;
    private final RaftGroupId groupId;
    private final Executor blocking;
    private final Deque<Task> waiting = new ArrayDeque<>();
    private boolean busy;
    private volatile RaftServer.@Nullable Division division;

    /** Something to be done by the group's division. */
    interface Task {

        /** Whether Ratis can do it without waiting. */
        boolean isQuick(GroupInbox inbox);

        void run(RaftServer.Division division);

        /** The group does not run here, or cannot take it. */
        void failed(Throwable error);
    }

    GroupInbox(RaftServer server, RaftGroupId groupId, Executor blocking) {
        this.server = server;
        this.groupId = groupId;
        this.blocking = blocking;
    }

    void add(Task task) {
        synchronized (waiting) {
            if (busy) {
                waiting.add(task);
                return;
            }
            busy = true;
        }
        work(task, false);
    }

    /** Does a task and those after it. */
    private void work(Task first, boolean mayBlock) {
        for (Task task = first; task != null; task = next()) {
            if (!mayBlock && !task.isQuick(this)) {
                moveToOwnThread(task);
                return;
            }
            run(task);
        }
    }

    private void moveToOwnThread(Task task) {
        try {
            blocking.execute(() -> work(task, true));
        } catch (RejectedExecutionException e) {
            for (Task left = task; left != null; left = next()) {
                left.failed(e);
            }
        }
    }

    private @Nullable Task next() {
        synchronized (waiting) {
            Task task = waiting.poll();
            if (task == null) {
                busy = false;
            }
            return task;
        }
    }

    private void run(Task task) {
        try {
            task.run(current());
        } catch (IOException | RuntimeException e) {
            task.failed(e);
        }
    }

    private RaftServer.Division current() throws IOException {
        RaftServer.Division known = division;
        if (known != null && known.getInfo().getLifeCycleState().isRunning()) {
            return known;
        }
        // It may have been closed and opened again.
        RaftServer.Division found;
        try {
            found = server.getDivision(groupId);
        } catch (IOException e) {
            division = null;
            throw e;
        }
        if (found != known || found.getInfo().getLifeCycleState().isClosingOrClosed()) {
            awaitOpen(found);
            division = found;
        }
        return found;
    }

    /**
     * Ratis knows a group before it has read its files. What comes then it refuses, which costs the leader a pause, or
     * takes half, which can leave the group unstarted.
     */
    private void awaitOpen(RaftServer.Division opening) throws IOException {
        long giveUp = System.nanoTime() + OPENING.toNanos();
        long pause = SHORTEST_PAUSE_MS;
        while (!isOpen(opening)) {
            if (opening.getInfo().getLifeCycleState().isClosingOrClosed()) {
                throw new IOException("group " + groupId + " is being closed");
            }
            if (System.nanoTime() - giveUp > 0) {
                throw new IOException("group " + groupId + " is still being opened");
            }
            try {
                Thread.sleep(pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("this node stops");
            }
        }
    }

    /** One that is to be let in by its leader has a role when it is open, but runs only when that has happened. */
    private static boolean isOpen(RaftServer.Division division) {
        return switch (division.getInfo().getLifeCycleState()) {
            case NEW -> false;
            case STARTING ->
                division.getInfo().getCurrentRole() != null
                        && division.getRaftConf().getPeer(division.getId()) == null;
            case RUNNING, PAUSING, PAUSED, EXCEPTION -> true;
            case CLOSING, CLOSED -> false;
        };
    }

    /** Whether the division follows this leader in this term already, so that nothing has to be stopped or forgotten. */
    boolean follows(RaftPeerId leader, long term) {
        RaftServer.Division known = division;
        if (known == null) {
            return false;
        }
        DivisionInfo info = known.getInfo();
        return info.getLifeCycleState() == LifeCycle.State.RUNNING
                && !info.isLeader()
                && !info.isCandidate()
                && info.getCurrentTerm() == term
                && leader.equals(info.getLeaderId());
    }
}
