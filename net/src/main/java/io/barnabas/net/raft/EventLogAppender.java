package io.barnabas.net.raft;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.retry.RetryPolicy;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppenderBase;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.TimeDuration;
import org.apache.ratis.util.Timestamp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one group's log to one follower without a thread: whatever may make a difference schedules {@link #drain} on the
 * event loop of the follower's data connection, once however often it is asked for. Heartbeats go over the other
 * connection ({@link HeartbeatWheel}) and never wait for entries, nor for the lock of the {@link SendWindow}.
 */
final class EventLogAppender extends LogAppenderBase {

    private static final Logger LOGGER = LoggerFactory.getLogger(EventLogAppender.class);

    /** A follower so far behind may need entries from the disk, which must not hold up an event loop. */
    private static final int MAX_LAG_IN_MEMORY = 1_000;

    /** Numbers appenders of this process, so that a late reply is never taken for one to a later appender. */
    private static final AtomicLong IDS = new AtomicLong(System.nanoTime());

    private final long id = IDS.incrementAndGet();
    private final Peer peer;
    private final RaftTransportConfig config;
    private final RaftGroupId groupId;
    private final RetryPolicy retryPolicy;
    private final SnapshotSender snapshots;
    private final AtomicLong callIds = new AtomicLong();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final Map<Long, Timestamp> heartbeats = new ConcurrentHashMap<>();

    private final SendWindow window;
    private volatile boolean paused;

    EventLogAppender(RaftServer.Division server, LeaderState leaderState, FollowerInfo follower, Peer peer) {
        super(server, leaderState, follower);
        this.peer = peer;
        this.config = peer.config();
        this.window =
                new SendWindow(this, config.window(), this::getNextIndexForError, this::getNextIndexForInconsistency);
        this.groupId = server.getMemberId().getGroupId();
        this.retryPolicy = RetryPolicy.parse(
                RaftServerConfigKeys.Log.Appender.retryPolicy(
                        server.getRaftServer().getProperties()),
                RaftServerConfigKeys.Log.Appender.RETRY_POLICY_KEY);
        this.snapshots = new SnapshotSender(this, peer);
    }

    long id() {
        return id;
    }

    @Override
    public void start() {
        peer.add(this);
        drainSoon();
    }

    /** There is no thread that could run it. */
    @Override
    public void run() {
        throw new UnsupportedOperationException("driven by events");
    }

    @Override
    public CompletableFuture<LifeCycle.State> stopAsync() {
        peer.remove(this);
        return super.stopAsync();
    }

    @Override
    public long getCallId() {
        return callIds.get();
    }

    @Override
    public Comparator<Long> getCallIdComparator() {
        return Long::compare;
    }

    @Override
    public boolean hasPendingDataRequests() {
        return !window.isEmpty();
    }

    /** Ratis also tells of each commit, here and at any follower; then there is mostly nothing to send. */
    @Override
    public void notifyLogAppender() {
        if (hasAppendEntries()) {
            drainSoon();
        }
    }

    private void drainSoon() {
        if (scheduled.compareAndSet(false, true)) {
            schedule(this::drain);
        }
    }

    private void schedule(Runnable task) {
        try {
            peer.data().loop().execute(task);
        } catch (RejectedExecutionException e) {
            LOGGER.debug("{} stops with its node", this);
        }
    }

    @Override
    public long getHeartbeatWaitTimeMs() {
        return Math.min(super.getHeartbeatWaitTimeMs(), peer.heartbeats().heartbeatWaitMs(getFollower()));
    }

    @Override
    public void triggerHeartbeat() {
        super.triggerHeartbeat();
        peer.heartbeats().now(this);
    }

    private void drain() {
        scheduled.set(false);
        if (!isRunning()) {
            peer.remove(this);
            return;
        }
        if (!draining.compareAndSet(false, true)) {
            return;
        }
        boolean behind = getRaftLog().getNextIndex() - getFollower().getNextIndex() > MAX_LAG_IN_MEMORY;
        if (!behind) {
            fill();
            draining.set(false);
            return;
        }
        try {
            peer.blocking().execute(() -> {
                fill();
                draining.set(false);
                drainSoon();
            });
        } catch (RejectedExecutionException e) {
            draining.set(false);
        }
    }

    /** Sends what may be sent now. */
    private void fill() {
        PeerLink link = peer.data();
        if (!link.isOpen()) {
            link.connect();
            return;
        }
        if (paused || snapshots.isUnderWay()) {
            return;
        }
        boolean wrote = false;
        try {
            if (snapshots.beginIfNeeded()) {
                return;
            }
            while (link.isWritable() && isRunning()) {
                ByteBuf frame = next();
                if (frame == null) {
                    break;
                }
                link.write(frame);
                wrote = true;
            }
        } catch (IOException | TimeoutException | RuntimeException e) {
            if (isRunning()) {
                LOGGER.warn("{} cannot send entries: {}", this, e.toString());
                failed();
            }
        }
        if (wrote) {
            link.flushSoon();
        }
    }

    private @Nullable ByteBuf next() throws IOException, TimeoutException {
        long first = window.begin();
        if (first == SendWindow.NOTHING) {
            return null;
        }
        TermIndex previous = getPrevious(first);
        if (previous == null
                && first > RaftLog.LEAST_VALID_LOG_INDEX
                && first != getFollower().getSnapshotIndex() + 1) {
            // Purged meanwhile: a snapshot is due, which the next heartbeat's round finds out.
            return null;
        }
        EntryBatch batch = EntryBatch.gather(getRaftLog(), groupId, config, first, window.mostEntries());
        long callId = callIds.getAndIncrement();
        AppendEntriesRequestProto request =
                getLeaderState().newAppendEntriesRequestProto(getFollower(), batch.entries(), previous, callId);
        if (!window.sent(callId, first, batch)) {
            return null;
        }
        getFollower().updateLastRpcSendTime(false);
        return Frames.append(peer.data().alloc(), id, request, batch.payloads());
    }

    /** The next heartbeat; null when this no longer leads. */
    @Nullable
    AppendEntriesRequestProto heartbeat() {
        // Before the call id, so that a read index that asks meanwhile gets a heartbeat of its own.
        resetHeartbeatTrigger();
        try {
            long next = getFollower().getNextIndex();
            TermIndex previous = window.isEmpty() && !snapshots.isUnderWay() ? getPrevious(next) : null;
            long callId = callIds.getAndIncrement();
            AppendEntriesRequestProto request =
                    getLeaderState().newAppendEntriesRequestProto(getFollower(), List.of(), previous, callId);
            heartbeats.put(callId, Timestamp.currentTime());
            getFollower().updateLastRpcSendTime(true);
            return request;
        } catch (RuntimeException e) {
            LOGGER.debug("{} sends no heartbeat", this, e);
            return null;
        }
    }

    /** Now and then, on the thread of the heartbeats. */
    void look() {
        long limitMs = config.requestTimeout().toMillis();
        heartbeats.values().removeIf(sent -> sent.elapsedTimeMs() > limitMs);
        if (window.expire(limitMs)) {
            LOGGER.warn("{}: entries were not answered within {} ms", this, limitMs);
        }
        getLeaderState().checkHealth(getFollower());
        notifyLogAppender();
    }

    void replied(AppendEntriesReplyProto reply) {
        long callId = reply.getServerReply().getCallId();
        boolean heartbeat = reply.getIsHearbeat();
        InFlight.Sent sent = null;
        Timestamp sentTime;
        if (heartbeat) {
            sentTime = heartbeats.remove(callId);
        } else {
            sent = window.answered(callId);
            sentTime = sent == null ? null : sent.time();
        }
        FollowerInfo follower = getFollower();
        if (sentTime != null) {
            follower.updateLastRespondedAppendEntriesSendTime(sentTime);
            follower.updateLastRpcResponseTime();
        }
        if (!isRunning()) {
            return;
        }
        switch (reply.getResult()) {
            case SUCCESS -> succeeded(reply);
            case NOT_LEADER -> {
                peer.blocking().execute(() -> onFollowerTerm(reply.getTerm()));
                return;
            }
            case INCONSISTENCY -> inconsistent(reply, heartbeat, sent);
            case UNRECOGNIZED -> LOGGER.warn("{} got a reply that this version does not know", this);
        }
        getLeaderState().onAppendEntriesReply(this, reply);
        notifyLogAppender();
    }

    private void succeeded(AppendEntriesReplyProto reply) {
        FollowerInfo follower = getFollower();
        follower.getErrorState().updateErrorCount(false);
        if (!reply.getIsHearbeat()) {
            window.agreed();
        }
        getLeaderState().onFollowerCommitIndex(follower, reply.getFollowerCommit());
        // A heartbeat's reply says nothing of what matches.
        if (!reply.getIsHearbeat() && follower.updateMatchIndex(reply.getMatchIndex())) {
            follower.updateNextIndex(reply.getMatchIndex() + 1);
            getLeaderState().onFollowerSuccessAppendEntries(follower);
        }
    }

    private void inconsistent(AppendEntriesReplyProto reply, boolean heartbeat, InFlight.@Nullable Sent sent) {
        boolean outdated = heartbeat ? snapshots.isUnderWay() : sent == null;
        if (!outdated && window.disagreed(sent, reply.getNextIndex())) {
            failed();
        }
    }

    /** The follower's node could not do it. */
    void refused(long callId, boolean heartbeat, String reason) {
        LOGGER.debug("{}: {}", this, reason);
        if (heartbeat) {
            heartbeats.remove(callId);
            return;
        }
        if (window.refused(callId) && isRunning()) {
            failed();
        }
    }

    /** The data connection broke: nobody knows what arrived. */
    void disconnected() {
        heartbeats.clear();
        window.restart();
    }

    /** Waits longer the more often in a row it went wrong. */
    private void failed() {
        int errors = getFollower().getErrorState().updateErrorCount(true);
        TimeDuration pause = retryPolicy.handleAttemptFailure(() -> errors).getSleepTime();
        pause(pause.toLong(TimeUnit.MILLISECONDS));
    }

    void pause(long ms) {
        paused = true;
        try {
            peer.data()
                    .loop()
                    .schedule(
                            () -> {
                                paused = false;
                                drainSoon();
                            },
                            ms,
                            TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOGGER.debug("{} stops with its node", this);
        }
    }
}
