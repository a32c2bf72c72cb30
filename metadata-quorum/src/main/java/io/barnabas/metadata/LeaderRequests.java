package io.barnabas.metadata;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.RaftException;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.RaftServer;

/**
 * Brings a request to the quorum's leader, wherever it is. All attempts of one request carry the same call id, by which
 * Raft's retry cache answers a repeat with the first result instead of applying it twice. Requests do not wait for each
 * other: Ratis' own ordered client would refuse everything after the first request that ran out of time.
 */
final class LeaderRequests {

    private static final long PAUSE_MS = 30;

    private final RaftServer server;
    private final RaftClient client;
    /** Whom to ask before this node knows a configuration of the quorum. */
    private final List<RaftPeerId> firstVoters;

    private final AtomicLong callIds = new AtomicLong();

    LeaderRequests(RaftServer server, RaftClient client, List<RaftPeerId> voters) {
        this.server = server;
        this.client = client;
        this.firstVoters = List.copyOf(voters);
    }

    /** Asks this node's own division, with a call id of its own; the reply says so when this node does not lead. */
    CompletableFuture<RaftClientReply> locally(Message message, RaftClientRequest.Type type) {
        return locally(request(server.getId(), nextCallId(), message, type));
    }

    long nextCallId() {
        return callIds.incrementAndGet();
    }

    /**
     * Asks the leader and waits, to be called on a thread that may block.
     *
     * @param within how long to look for a leader that answers; the last attempt may overrun by one RPC timeout
     */
    RaftClientReply send(Message message, RaftClientRequest.Type type, Duration within)
            throws MetadataUnavailableException {
        long deadline = System.nanoTime() + within.toNanos();
        long callId = nextCallId();
        RaftPeerId target = knownLeader().orElseGet(() -> voters().getFirst());
        for (int attempt = 1; ; attempt++) {
            Throwable failure;
            try {
                RaftClientReply reply = attempt(request(target, callId, message, type), deadline);
                if (reply.isSuccess()) {
                    return reply;
                }
                failure = reply.getException();
            } catch (IOException | TimeoutException e) {
                failure = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new MetadataUnavailableException("this node stops", e);
            }
            if (failure instanceof StateMachineException) {
                throw new MetadataUnavailableException(
                        "the quorum's leader cannot take the request: " + failure.getMessage(), failure);
            }
            if (System.nanoTime() - deadline >= 0) {
                throw unavailable(failure);
            }
            target = next(target, failure, attempt);
            pause();
        }
    }

    /** Asks a leader once for another configuration. */
    RaftClientReply setConfiguration(RaftPeerId leader, SetConfigurationRequest.Arguments arguments, long deadline)
            throws IOException, InterruptedException, TimeoutException {
        return attempt(
                new SetConfigurationRequest(
                        client.getId(), leader, RatisMetadataQuorum.GROUP_ID, nextCallId(), arguments),
                deadline);
    }

    /** Asks a leader once to make way for another. */
    RaftClientReply transferLeadership(RaftPeerId leader, RaftPeerId successor, long timeoutMs, long deadline)
            throws IOException, InterruptedException, TimeoutException {
        return attempt(
                new TransferLeadershipRequest(
                        client.getId(), leader, RatisMetadataQuorum.GROUP_ID, nextCallId(), successor, timeoutMs),
                deadline);
    }

    static MetadataUnavailableException unavailable(Throwable cause) {
        return new MetadataUnavailableException(
                "no majority of the metadata quorum answered in time"
                        + (cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage()),
                cause);
    }

    private RaftClientRequest request(RaftPeerId target, long callId, Message message, RaftClientRequest.Type type) {
        return RaftClientRequest.newBuilder()
                .setClientId(client.getId())
                .setServerId(target)
                .setGroupId(RatisMetadataQuorum.GROUP_ID)
                .setCallId(callId)
                .setMessage(message)
                .setType(type)
                .build();
    }

    private CompletableFuture<RaftClientReply> locally(RaftClientRequest request) {
        try {
            return switch (request) {
                case SetConfigurationRequest change -> server.setConfigurationAsync(change);
                case TransferLeadershipRequest transfer -> server.transferLeadershipAsync(transfer);
                // The division itself, not the server: that would hop through an executor and wait there.
                default ->
                    ((RaftClientAsynchronousProtocol) server.getDivision(RatisMetadataQuorum.GROUP_ID))
                            .submitClientRequestAsync(request);
            };
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private RaftClientReply attempt(RaftClientRequest request, long deadline)
            throws IOException, InterruptedException, TimeoutException {
        RaftPeerId target = request.getServerId();
        if (target.equals(server.getId())) {
            try {
                return locally(request).get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
            }
        }
        try {
            return client.getClientRpc().sendRequest(request);
        } catch (IOException e) {
            if (!(e instanceof RaftException)) {
                // A broken connection is made anew at once, not after the transport's own growing pauses.
                client.getClientRpc().handleException(target, e, true);
            }
            throw e;
        }
    }

    /** Whom to ask after a failure: the one it names, then the leader this node follows, then each voter in turn. */
    private RaftPeerId next(RaftPeerId failed, Throwable failure, int attempt) {
        if (failure instanceof LeaderNotReadyException) {
            return failed;
        }
        Optional<RaftPeerId> suggested = failure instanceof NotLeaderException notLeader
                ? Optional.ofNullable(notLeader.getSuggestedLeader()).map(this::reachable)
                : Optional.empty();
        List<RaftPeerId> voters = voters();
        return suggested
                .or(this::knownLeader)
                .filter(leader -> !leader.equals(failed))
                .orElseGet(() -> voters.get(attempt % voters.size()));
    }

    /** Voters come and go: those of the newest configuration known here, else those that the node was told of. */
    private List<RaftPeerId> voters() {
        try {
            List<RaftPeerId> voters =
                    server.getDivision(RatisMetadataQuorum.GROUP_ID).getRaftConf().getAllPeers().stream()
                            .map(this::reachable)
                            .toList();
            return voters.isEmpty() ? firstVoters : voters;
        } catch (IOException e) {
            return firstVoters;
        }
    }

    /** The peer, whose address the transport knows from here on. */
    private RaftPeerId reachable(RaftPeer peer) {
        client.getClientRpc().addRaftPeers(List.of(peer));
        return peer.getId();
    }

    private Optional<RaftPeerId> knownLeader() {
        try {
            RaftServer.Division division = server.getDivision(RatisMetadataQuorum.GROUP_ID);
            RaftPeerId leader = division.getInfo().getLeaderId();
            return Optional.ofNullable(leader)
                    .map(id -> division.getRaftConf().getPeer(id))
                    .map(this::reachable);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void pause() throws MetadataUnavailableException {
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MetadataUnavailableException("this node stops", e);
        }
    }
}
