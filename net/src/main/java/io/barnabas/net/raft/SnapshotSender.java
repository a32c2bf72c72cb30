package io.barnabas.net.raft;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a follower that lacks purged entries up to a snapshot: in chunks, or, where a group has its own way to copy, by
 * telling it. While that goes on no entries are sent; heartbeats are.
 */
final class SnapshotSender {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotSender.class);
    private static final int CHUNKS_AT_ONCE = 4;

    /** The last chunk is answered when the whole snapshot is in place. A connection that breaks is noticed at once. */
    private static final int CHUNK_TIMEOUTS = 10;

    /** Between two questions how far a follower is that copies by itself. */
    private static final long NOTIFICATION_PAUSE_MS = 100;

    private final EventLogAppender appender;
    private final Peer peer;
    private final boolean inChunks;
    private final Duration chunkTimeout;
    private final AtomicBoolean underWay = new AtomicBoolean();

    SnapshotSender(EventLogAppender appender, Peer peer) {
        this.appender = appender;
        this.peer = peer;
        this.inChunks = RaftServerConfigKeys.Log.Appender.installSnapshotEnabled(
                appender.getServer().getRaftServer().getProperties());
        this.chunkTimeout = peer.config().requestTimeout().multipliedBy(CHUNK_TIMEOUTS);
    }

    boolean isUnderWay() {
        return underWay.get();
    }

    /** Whether the follower needs one, which is on its way then. */
    boolean beginIfNeeded() {
        if (inChunks) {
            SnapshotInfo snapshot = appender.shouldInstallSnapshot();
            return snapshot != null && begin(() -> sendChunks(snapshot));
        }
        TermIndex firstAvailable = appender.shouldNotifyToInstallSnapshot();
        return firstAvailable != null && begin(() -> notifyFollower(firstAvailable));
    }

    /** What is done on a thread of its own; the milliseconds until the follower may be looked at again. */
    @FunctionalInterface
    private interface Attempt {
        long run() throws IOException;
    }

    private boolean begin(Attempt attempt) {
        if (!underWay.compareAndSet(false, true)) {
            return true;
        }
        try {
            peer.blocking().execute(() -> {
                long pauseMs = NOTIFICATION_PAUSE_MS;
                try {
                    pauseMs = attempt.run();
                } catch (IOException | RuntimeException e) {
                    LOG.info("{}: no snapshot for the follower: {}", appender, e.toString());
                } finally {
                    underWay.set(false);
                    appender.pause(pauseMs);
                }
            });
        } catch (RejectedExecutionException e) {
            underWay.set(false);
        }
        return true;
    }

    private long sendChunks(SnapshotInfo snapshot) throws IOException {
        LOG.info("{}: sends snapshot {}", appender, snapshot.getTermIndex());
        Deque<CompletableFuture<Frame>> answers = new ArrayDeque<>();
        for (InstallSnapshotRequestProto chunk :
                appender.newInstallSnapshotRequests(UUID.randomUUID().toString(), snapshot)) {
            if (!appender.isRunning()) {
                throw new IOException("this node no longer leads");
            }
            if (answers.size() == CHUNKS_AT_ONCE) {
                await(answers.remove());
            }
            answers.add(peer.data().call(CallMethod.INSTALL_SNAPSHOT, chunk, chunkTimeout));
            appender.getFollower().updateLastRpcSendTime(false);
        }
        while (!answers.isEmpty()) {
            await(answers.remove());
        }
        appender.getFollower().setSnapshotIndex(snapshot.getTermIndex().getIndex());
        appender.getFollower().setAttemptedToInstallSnapshot();
        return 0;
    }

    private void await(CompletableFuture<Frame> answer) throws IOException {
        InstallSnapshotReplyProto reply = reply(answer);
        switch (reply.getResult()) {
            case SUCCESS, IN_PROGRESS -> {
                // On to the next.
            }
            case ALREADY_INSTALLED -> installed(reply);
            case NOT_LEADER -> {
                appender.onFollowerTerm(reply.getTerm());
                throw new IOException("the follower follows another leader");
            }
            default -> throw new IOException("the follower answers " + reply.getResult());
        }
    }

    private long notifyFollower(TermIndex firstAvailable) throws IOException {
        InstallSnapshotRequestProto request = appender.newInstallSnapshotNotificationRequest(firstAvailable);
        appender.getFollower().updateLastRpcSendTime(false);
        InstallSnapshotReplyProto reply = reply(peer.data().call(CallMethod.INSTALL_SNAPSHOT, request, chunkTimeout));
        FollowerInfo follower = appender.getFollower();
        switch (reply.getResult()) {
            case SUCCESS -> follower.setAttemptedToInstallSnapshot();
            case SNAPSHOT_UNAVAILABLE -> {
                follower.setAttemptedToInstallSnapshot();
                tellStateMachine(InstallSnapshotResult.SNAPSHOT_UNAVAILABLE, RaftLog.INVALID_LOG_INDEX);
            }
            case ALREADY_INSTALLED -> {
                installed(reply);
                return 0;
            }
            case SNAPSHOT_INSTALLED -> {
                installed(reply);
                if (reply.getSnapshotIndex() + 1 >= appender.getRaftLog().getStartIndex()) {
                    tellStateMachine(InstallSnapshotResult.SUCCESS, reply.getSnapshotIndex());
                }
                return 0;
            }
            case NOT_LEADER -> appender.onFollowerTerm(reply.getTerm());
            case IN_PROGRESS -> LOG.debug("{}: the follower copies", appender);
            default -> LOG.warn("{}: the follower answers {}", appender, reply.getResult());
        }
        return NOTIFICATION_PAUSE_MS;
    }

    private void installed(InstallSnapshotReplyProto reply) {
        long index = reply.getSnapshotIndex();
        FollowerInfo follower = appender.getFollower();
        follower.setSnapshotIndex(index);
        follower.setAttemptedToInstallSnapshot();
        appender.getLeaderState().onFollowerCommitIndex(follower, index);
        follower.updateNextIndex(index + 1);
    }

    private void tellStateMachine(InstallSnapshotResult result, long index) {
        appender.getServer()
                .getStateMachine()
                .event()
                .notifySnapshotInstalled(result, index, appender.getFollower().getPeer());
    }

    private InstallSnapshotReplyProto reply(CompletableFuture<Frame> answer) throws IOException {
        try {
            InstallSnapshotReplyProto reply =
                    Frame.parse(InstallSnapshotReplyProto.parser(), answer.get().rest(), false);
            appender.getFollower().updateLastRpcResponseTime();
            return reply;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("this node stops");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
    }
}
