package io.barnabas.net.raft;

import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a leader step down that has heard from no majority for an election timeout. Ratis looks for that only when a
 * group has nothing to do, which a trickle of writes prevents (Ongaro, section 6.2).
 */
final class LeadershipWatch {

    private static final Logger LOG = LoggerFactory.getLogger(LeadershipWatch.class);
    private static final long STEP_DOWN_TIMEOUT_MS = 3_000;

    /** Heartbeats that are later than that did not get the processor. */
    private static final long LATE_MS = 100;

    private static final long LONGEST_EXCUSE_MS = 1_000;

    private final RaftServer server;
    private final Executor threads;
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private final Map<RaftGroupId, Boolean> steppingDown = new ConcurrentHashMap<>();
    /** These two belong to the control loop. */
    private boolean excused;

    private long excusedUntilNs;

    LeadershipWatch(RaftServer server, Executor threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * This node's own heartbeats were late. Answers that it did not ask for in time say nothing of its followers, and
     * more elections are the last thing that a machine without processor time to spare needs.
     */
    void late(long byMs) {
        if (byMs > LATE_MS) {
            excusedUntilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.min(2 * byMs, LONGEST_EXCUSE_MS));
            excused = true;
        }
    }

    private boolean isExcused() {
        excused = excused && System.nanoTime() - excusedUntilNs < 0;
        return excused;
    }

    /** Costs next to nothing while the appender's follower answers. */
    void check(EventLogAppender appender) {
        long limitMs = appender.getServer().properties().maxRpcTimeoutMs();
        if (appender.getFollower().getLastRpcResponseTime().elapsedTimeMs() <= limitMs || isExcused()) {
            return;
        }
        RaftServer.Division division = appender.getServer();
        RoleInfoProto role = division.getInfo().getRoleInfoProto();
        if (!role.hasLeaderInfo() || role.getRoleElapsedTimeMs() <= limitMs) {
            return;
        }
        Set<RaftPeerId> heard = new HashSet<>();
        heard.add(division.getId());
        for (ServerRpcProto follower : role.getLeaderInfo().getFollowerInfoList()) {
            if (follower.getLastRpcElapsedTimeMs() <= limitMs) {
                heard.add(RaftPeerId.valueOf(follower.getId().getId()));
            }
        }
        RaftConfiguration conf = division.getRaftConf();
        if (!isMajority(heard, conf.getCurrentPeers()) || !isMajority(heard, conf.getPreviousPeers())) {
            stepDown(division.getMemberId().getGroupId(), limitMs);
        }
    }

    private static boolean isMajority(Set<RaftPeerId> heard, Collection<RaftPeer> voters) {
        long count =
                voters.stream().filter(voter -> heard.contains(voter.getId())).count();
        return voters.isEmpty() || count > voters.size() / 2;
    }

    private void stepDown(RaftGroupId groupId, long limitMs) {
        if (steppingDown.putIfAbsent(groupId, true) != null) {
            return;
        }
        LOG.warn("steps down from leading {}: no majority has answered for {} ms", groupId, limitMs);
        try {
            threads.execute(() -> {
                try {
                    server.transferLeadershipAsync(new TransferLeadershipRequest(
                                    clientId,
                                    server.getId(),
                                    groupId,
                                    callIds.incrementAndGet(),
                                    null,
                                    STEP_DOWN_TIMEOUT_MS))
                            .whenComplete((reply, error) -> steppingDown.remove(groupId));
                } catch (IOException | RuntimeException e) {
                    steppingDown.remove(groupId);
                    LOG.debug("{} does not step down", groupId, e);
                }
            });
        } catch (RejectedExecutionException e) {
            steppingDown.remove(groupId);
        }
    }
}
