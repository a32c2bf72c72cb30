package io.barnabas.log;

import io.barnabas.log.rules.rest.RestPoint;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;

/** Asks the divisions that lead on this node's own RaftServer. */
final class RatisPartitionGroups implements PartitionGroups {

    private static final long TRANSFER_TIMEOUT_MS = 3_000;

    private final RaftPeerId self;
    private final Supplier<RaftServer> server;
    private final ExecutorService blocking;
    private final Function<UUID, Optional<RatisPartitionReplica>> replicas;
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();

    /** @param replicas those of this node, which are woken before their groups are asked for anything */
    RatisPartitionGroups(
            RaftPeerId self,
            Supplier<RaftServer> server,
            ExecutorService blocking,
            Function<UUID, Optional<RatisPartitionReplica>> replicas) {
        this.replicas = replicas;
        this.self = self;
        this.server = server;
        this.blocking = blocking;
    }

    @Override
    public Optional<GroupMembers> members(UUID groupId) {
        Optional<RestPoint> rest =
                replicas.apply(groupId).flatMap(replica -> replica.rest().resting());
        if (rest.isPresent()) {
            return resting(rest.get());
        }
        try {
            RaftServer.Division division = server.get().getDivision(RaftGroupId.valueOf(groupId));
            DivisionInfo info = division.getInfo();
            if (!info.isLeaderReady()) {
                return Optional.empty();
            }
            Map<Integer, GroupMembers.Member> followers = followers(division);
            Map<Integer, GroupMembers.Member> members = new HashMap<>();
            for (RaftPeer peer : division.getRaftConf().getAllPeers(RaftPeerRole.FOLLOWER)) {
                int id = nodeId(peer.getId());
                members.put(
                        id,
                        peer.getId().equals(self)
                                ? new GroupMembers.Member(0, 0)
                                : followers.getOrDefault(id, new GroupMembers.Member(Long.MAX_VALUE, Long.MAX_VALUE)));
            }
            return Optional.of(new GroupMembers(nodeId(self), Math.toIntExact(info.getCurrentTerm()), members));
        } catch (IOException | IllegalStateException e) {
            // No such division, or one that is being closed.
            return Optional.empty();
        }
    }

    /** All members had everything when they went to rest; whether they live still is for the metadata to say. */
    private Optional<GroupMembers> resting(RestPoint point) {
        Map<Integer, GroupMembers.Member> members = new HashMap<>();
        point.members().forEach(id -> members.put(id, new GroupMembers.Member(0, 0)));
        return point.leader() == nodeId(self)
                ? Optional.of(new GroupMembers(point.leader(), Math.toIntExact(point.term()), members))
                : Optional.empty();
    }

    private static Map<Integer, GroupMembers.Member> followers(RaftServer.Division division) {
        List<ServerRpcProto> followers =
                division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
        long[] matched = division.getInfo().getFollowerMatchIndices();
        if (matched == null || matched.length != followers.size()) {
            return Map.of();
        }
        long last = division.getRaftLog().getNextIndex() - 1;
        Map<Integer, GroupMembers.Member> byNode = new HashMap<>();
        for (int i = 0; i < matched.length; i++) {
            byNode.put(
                    Integer.parseInt(followers.get(i).getId().getId().toStringUtf8()),
                    new GroupMembers.Member(
                            Math.max(0, last - matched[i]), followers.get(i).getLastRpcElapsedTimeMs()));
        }
        return byNode;
    }

    @Override
    public CompletableFuture<Void> change(UUID groupId, List<PartitionSpec.Peer> from, List<PartitionSpec.Peer> to) {
        SetConfigurationRequest.Arguments arguments = SetConfigurationRequest.Arguments.newBuilder()
                .setServersInCurrentConf(
                        from.stream().map(GroupMembership::peer).toList())
                .setServersInNewConf(to.stream().map(GroupMembership::peer).toList())
                .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                .build();
        return ask(
                groupId,
                running -> running.setConfigurationAsync(new SetConfigurationRequest(
                        clientId, self, RaftGroupId.valueOf(groupId), callIds.incrementAndGet(), arguments)));
    }

    @Override
    public CompletableFuture<Void> transfer(UUID groupId, int nodeId) {
        return transfer(groupId, RaftPeerId.valueOf(Integer.toString(nodeId)));
    }

    @Override
    public CompletableFuture<Void> resign(UUID groupId) {
        // A null target makes the leader step down.
        return transfer(groupId, null);
    }

    private CompletableFuture<Void> transfer(UUID groupId, RaftPeerId target) {
        return ask(
                groupId,
                running -> running.transferLeadershipAsync(new TransferLeadershipRequest(
                        clientId,
                        self,
                        RaftGroupId.valueOf(groupId),
                        callIds.incrementAndGet(),
                        target,
                        TRANSFER_TIMEOUT_MS)));
    }

    @FunctionalInterface
    private interface Question {
        CompletableFuture<RaftClientReply> put(RaftServer server) throws IOException;
    }

    /** On a thread of its own: Ratis does part of the work on the caller's. */
    private CompletableFuture<Void> ask(UUID groupId, Question question) {
        CompletableFuture<Void> awake = replicas.apply(groupId)
                .map(RatisPartitionReplica::whenLed)
                .orElseGet(() -> CompletableFuture.completedFuture(null));
        return awake.thenApplyAsync(led -> server.get(), blocking)
                .thenCompose(running -> {
                    try {
                        return question.put(running);
                    } catch (IOException e) {
                        return CompletableFuture.failedFuture(e);
                    }
                })
                .thenAccept(reply -> {
                    if (!reply.isSuccess()) {
                        throw new CompletionException(reply.getException());
                    }
                });
    }

    private static int nodeId(RaftPeerId id) {
        return Integer.parseInt(id.toString());
    }
}
