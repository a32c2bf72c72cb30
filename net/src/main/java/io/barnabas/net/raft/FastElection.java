package io.barnabas.net.raft;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.RaftServerProtocol;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Elects at once where a leader's process has ended, instead of waiting for an election timeout. Each follower asks the
 * others how far their logs go (a pre-vote changes nothing and its reply says so); the one with the longest, and among
 * equals the first in the order of priority and id, stands, as if the old leader had asked it to. The vote is Raft's own,
 * so that a wrong guess costs an election and no more. Whoever does not come first looks again a little later.
 */
final class FastElection {

    private static final Logger LOG = LoggerFactory.getLogger(FastElection.class);
    private static final long PROBE_TIMEOUT_MS = 100;
    private static final long LOOK_AGAIN_MS = 100;
    private static final int ROUNDS = 4;

    private final RaftServer server;
    private final Executor threads;
    private final Function<RequestVoteRequestProto, CompletableFuture<RequestVoteReplyProto>> probe;
    private volatile boolean closed;

    FastElection(
            RaftServer server,
            Executor threads,
            Function<RequestVoteRequestProto, CompletableFuture<RequestVoteReplyProto>> probe) {
        this.server = server;
        this.threads = threads;
        this.probe = probe;
    }

    void close() {
        closed = true;
    }

    /** A node's process has ended. */
    void died(RaftPeerId dead) {
        LOG.info("node {} is gone; its groups elect", dead);
        try {
            for (RaftGroupId groupId : server.getGroupIds()) {
                threads.execute(() -> elect(groupId, dead));
            }
        } catch (RejectedExecutionException e) {
            LOG.debug("this node stops too");
        }
    }

    private void elect(RaftGroupId groupId, RaftPeerId dead) {
        try {
            for (int round = 0; round < ROUNDS && !closed; round++) {
                RaftServer.Division division = server.getDivision(groupId);
                if (!followed(division.getInfo(), dead)) {
                    return;
                }
                if (isFirst(division, dead)) {
                    stand(division, dead);
                    return;
                }
                Thread.sleep(LOOK_AGAIN_MS);
            }
        } catch (IOException | RejectedExecutionException e) {
            LOG.debug("group {} elects after the usual time", groupId, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean followed(DivisionInfo info, RaftPeerId dead) {
        return info.getLifeCycleState().isRunning() && info.isFollower() && dead.equals(info.getLeaderId());
    }

    private boolean isFirst(RaftServer.Division division, RaftPeerId dead) throws InterruptedException {
        RaftPeer self = division.getPeer();
        TermIndex own = last(division);
        List<RaftPeer> others = new ArrayList<>(division.getRaftConf().getCurrentPeers());
        others.removeIf(
                peer -> peer.getId().equals(self.getId()) || peer.getId().equals(dead));
        List<CompletableFuture<RequestVoteReplyProto>> answers = others.stream()
                .map(peer -> probe.apply(probe(division, peer, own)))
                .toList();
        boolean anyAnswered = others.isEmpty();
        for (int i = 0; i < others.size(); i++) {
            try {
                RequestVoteReplyProto answer = answers.get(i).get(PROBE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
                anyAnswered = true;
                int longer = TermIndex.valueOf(answer.getLastEntry()).compareTo(own);
                if (longer > 0 || longer == 0 && ORDER.compare(others.get(i), self) < 0) {
                    return false;
                }
            } catch (ExecutionException | TimeoutException e) {
                LOG.debug(
                        "node {} does not say how far its log goes",
                        others.get(i).getId(),
                        e);
            }
        }
        return anyAnswered;
    }

    private static final Comparator<RaftPeer> ORDER = Comparator.comparing(RaftPeer::getPriority)
            .reversed()
            .thenComparing(peer -> peer.getId().toString());

    private static TermIndex last(RaftServer.Division division) {
        TermIndex last = division.getRaftLog().getLastEntryTermIndex();
        if (last == null) {
            SnapshotInfo snapshot = division.getStateMachine().getLatestSnapshot();
            last = snapshot == null ? null : snapshot.getTermIndex();
        }
        return last == null ? TermIndex.INITIAL_VALUE : last;
    }

    private static RequestVoteRequestProto probe(RaftServer.Division division, RaftPeer peer, TermIndex own) {
        return RequestVoteRequestProto.newBuilder()
                .setServerRequest(ClientProtoUtils.toRaftRpcRequestProtoBuilder(division.getMemberId(), peer.getId()))
                .setCandidateTerm(division.getInfo().getCurrentTerm())
                .setCandidateLastEntry(own.toProto())
                .setPreVote(true)
                .build();
    }

    private static void stand(RaftServer.Division division, RaftPeerId dead) throws IOException {
        RaftGroupId groupId = division.getMemberId().getGroupId();
        StartLeaderElectionRequestProto request = StartLeaderElectionRequestProto.newBuilder()
                .setServerRequest(ClientProtoUtils.toRaftRpcRequestProtoBuilder(
                        RaftGroupMemberId.valueOf(dead, groupId), division.getId()))
                .setLeaderLastEntry(last(division).toProto())
                .build();
        ((RaftServerProtocol) division).startLeaderElection(request);
    }
}
