package io.barnabas.metadata;

import com.google.protobuf.InvalidProtocolBufferException;
import io.barnabas.metadata.proto.HeartbeatMessage;
import io.barnabas.metadata.proto.HeartbeatReply;
import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.TimeDuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The metadata quorum over a Ratis server of its own: a voter where the configuration names this node, else a listener. */
public final class RatisMetadataQuorum implements MetadataQuorum {

    /** The Raft group of the metadata, the same in every cluster; clusters are told apart by their id. */
    public static final RaftGroupId GROUP_ID =
            RaftGroupId.valueOf(UUID.fromString("ba27aba5-0000-4000-8000-6d6574616461"));

    private static final Logger LOG = LoggerFactory.getLogger(RatisMetadataQuorum.class);
    private static final long RETRY_MS = 50;
    private static final long RESIGN_TIMEOUT_MS = 2_000;

    private final MetadataQuorumConfig config;
    private final RaftPeerId peerId;
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private final ImagePublisher publisher = new ImagePublisher();
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final MetadataStateMachine stateMachine;
    private final LeaderDuties duties;
    private final RaftServer server;
    private final RaftClient client;

    private RatisMetadataQuorum(MetadataQuorumConfig config) throws IOException {
        this.config = config;
        this.peerId = RaftPeerId.valueOf(Integer.toString(config.nodeId()));
        this.duties = new LeaderDuties(this, config.nodeTimeout().toMillis(), System::currentTimeMillis);
        this.stateMachine = new MetadataStateMachine(new MetadataStateMachine.Events() {
            @Override
            public void applied(MetadataImage image, long index) {
                publisher.publish(image, index);
            }

            @Override
            public void elected() {
                duties.elected();
            }

            @Override
            public boolean heartbeat(int nodeId, long epoch) {
                return duties.heartbeat(image(), nodeId, epoch);
            }
        });
        RaftProperties raft = new RaftProperties(config.raft());
        RaftServerConfigKeys.setStorageDir(raft, List.of(config.storage().toFile()));
        RaftGroup voters = RaftGroup.valueOf(GROUP_ID, voters());
        this.server = RaftServer.newBuilder()
                .setServerId(peerId)
                .setGroup(config.isVoter() ? voters : withSelf())
                .setProperties(raft)
                .setParameters(config.parameters())
                .setStateMachine(stateMachine)
                .setOption(RaftStorage.StartupOption.RECOVER)
                .build();
        this.client = RaftClient.newBuilder()
                .setRaftGroup(voters)
                .setProperties(raft)
                .setParameters(config.parameters())
                .setRetryPolicy(RetryPolicies.retryUpToMaximumCountWithFixedSleep(
                        (int) Math.max(1, config.proposalTimeout().toMillis() / RETRY_MS),
                        TimeDuration.valueOf(RETRY_MS, TimeUnit.MILLISECONDS)))
                .build();
    }

    /** Starts this node's part of the quorum, on an empty storage or on what an earlier run left. */
    public static RatisMetadataQuorum open(MetadataQuorumConfig config) throws IOException {
        Files.createDirectories(config.storage());
        RatisMetadataQuorum quorum = new RatisMetadataQuorum(config);
        try {
            quorum.server.start();
            quorum.duties.start();
            return quorum;
        } catch (IOException | RuntimeException e) {
            quorum.close();
            throw e;
        }
    }

    private List<RaftPeer> voters() {
        return config.voters().entrySet().stream()
                .map(voter -> RaftPeer.newBuilder()
                        .setId(Integer.toString(voter.getKey()))
                        .setAddress(voter.getValue())
                        .build())
                .toList();
    }

    private RaftGroup withSelf() {
        List<RaftPeer> peers = new ArrayList<>(voters());
        peers.add(listener(config.nodeId(), config.address()));
        return RaftGroup.valueOf(GROUP_ID, peers);
    }

    static RaftPeer listener(int nodeId, String address) {
        return RaftPeer.newBuilder()
                .setId(Integer.toString(nodeId))
                .setAddress(address)
                .setStartupRole(RaftPeerRole.LISTENER)
                .build();
    }

    RaftServer.Division division() throws IOException {
        return server.getDivision(GROUP_ID);
    }

    RaftClient client() {
        return client;
    }

    @Override
    public MetadataImage image() {
        return stateMachine.image();
    }

    @Override
    public Subscription subscribe(Consumer<MetadataImage> listener) {
        return publisher.subscribe(listener);
    }

    @Override
    public CompletableFuture<CommandResult> propose(MetadataCommand command) {
        Message message = Message.valueOf(UnsafeByteOperations.unsafeWrap(CommandCodec.encode(command)));
        return submit(
                        message,
                        RaftClientRequest.writeRequestType(),
                        () -> client.async().send(message))
                .thenApply(RatisMetadataQuorum::result)
                .thenCompose(result -> switch (result) {
                    case CommandResult.Refused refused -> CompletableFuture.completedFuture(result);
                    case CommandResult.Accepted accepted ->
                        publisher.reached(accepted.index()).thenApply(reached -> result);
                })
                .orTimeout(config.proposalTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(error -> CompletableFuture.failedFuture(unavailable(error)));
    }

    private static MetadataUnavailableException unavailable(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return new MetadataUnavailableException(
                "no majority of the metadata quorum answered in time"
                        + (cause.getMessage() == null ? "" : ": " + cause.getMessage()),
                cause);
    }

    private static CommandResult result(RaftClientReply reply) {
        try {
            return ResultCodec.decode(MetadataStateMachine.result(reply.getMessage()));
        } catch (InvalidProtocolBufferException e) {
            throw new CompletionException(e);
        }
    }

    @FunctionalInterface
    private interface Remote {
        CompletableFuture<RaftClientReply> send() throws IOException;
    }

    /** To this node's own division while it leads, which spares a hop; otherwise, or when it just lost the lead, to the leader. */
    private CompletableFuture<RaftClientReply> submit(Message message, RaftClientRequest.Type type, Remote remote) {
        return submitLocally(message, type)
                .handle((reply, error) -> reply)
                .thenCompose(reply -> reply != null && reply.isSuccess()
                        ? CompletableFuture.completedFuture(reply)
                        : submitRemotely(remote));
    }

    private CompletableFuture<RaftClientReply> submitLocally(Message message, RaftClientRequest.Type type) {
        try {
            RaftServer.Division division = division();
            if (!division.getInfo().isLeaderReady()) {
                return CompletableFuture.completedFuture(null);
            }
            return ((RaftClientAsynchronousProtocol) division)
                    .submitClientRequestAsync(RaftClientRequest.newBuilder()
                            .setClientId(clientId)
                            .setServerId(peerId)
                            .setGroupId(GROUP_ID)
                            .setCallId(callIds.incrementAndGet())
                            .setMessage(message)
                            .setType(type)
                            .build());
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<RaftClientReply> submitRemotely(Remote remote) {
        return CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return remote.send();
                            } catch (IOException e) {
                                return CompletableFuture.<RaftClientReply>failedFuture(e);
                            }
                        },
                        blocking)
                .thenCompose(sent -> sent)
                .thenApply(reply -> {
                    if (!reply.isSuccess()) {
                        throw new CompletionException(reply.getException());
                    }
                    return reply;
                });
    }

    @Override
    public CompletableFuture<Boolean> heartbeat(long nodeEpoch) {
        byte[] bytes = HeartbeatMessage.newBuilder()
                .setNodeId(config.nodeId())
                .setEpoch(nodeEpoch)
                .build()
                .toByteArray();
        Message message = Message.valueOf(UnsafeByteOperations.unsafeWrap(bytes));
        return submit(
                        message,
                        RaftClientRequest.readRequestType(),
                        () -> client.async().sendReadOnlyUnordered(message))
                .thenApply(reply -> {
                    try {
                        return HeartbeatReply.parseFrom(
                                        reply.getMessage().getContent().toByteArray())
                                .getKnown();
                    } catch (InvalidProtocolBufferException e) {
                        throw new CompletionException(e);
                    }
                })
                .orTimeout(config.nodeTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(error -> CompletableFuture.failedFuture(unavailable(error)));
    }

    @Override
    public QuorumStatus status() {
        try {
            RaftServer.Division division = division();
            DivisionInfo info = division.getInfo();
            RaftPeerId leader = info.getLeaderId();
            long own = division.getRaftLog().getNextIndex() - 1;
            return new QuorumStatus(
                    leader == null ? -1 : nodeId(leader),
                    info.getCurrentTerm(),
                    division.getRaftLog().getLastCommittedIndex(),
                    members(division, RaftPeerRole.FOLLOWER, own),
                    members(division, RaftPeerRole.LISTENER, own));
        } catch (IOException e) {
            LOG.warn("the metadata quorum's status is unknown", e);
            return new QuorumStatus(-1, -1, -1, List.of(), List.of());
        }
    }

    private List<QuorumStatus.Member> members(RaftServer.Division division, RaftPeerRole role, long own) {
        long now = System.currentTimeMillis();
        List<ServerRpcProto> followers =
                division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
        long[] matched = division.getInfo().getFollowerMatchIndices();
        List<QuorumStatus.Member> members = new ArrayList<>();
        for (RaftPeer peer : division.getRaftConf().getAllPeers(role)) {
            if (peer.getId().equals(peerId)) {
                members.add(new QuorumStatus.Member(config.nodeId(), own, now));
                continue;
            }
            QuorumStatus.Member member = new QuorumStatus.Member(nodeId(peer.getId()), -1, -1);
            for (int i = 0; matched != null && i < Math.min(matched.length, followers.size()); i++) {
                if (followers
                        .get(i)
                        .getId()
                        .getId()
                        .toStringUtf8()
                        .equals(peer.getId().toString())) {
                    member = new QuorumStatus.Member(
                            member.nodeId(), matched[i], now - followers.get(i).getLastRpcElapsedTimeMs());
                }
            }
            members.add(member);
        }
        return members;
    }

    private static int nodeId(RaftPeerId id) {
        return Integer.parseInt(id.toString());
    }

    @Override
    public CompletableFuture<Void> resignLeadership() {
        try {
            if (!division().getInfo().isLeader()) {
                return CompletableFuture.completedFuture(null);
            }
            return server.transferLeadershipAsync(new TransferLeadershipRequest(
                            clientId, peerId, GROUP_ID, callIds.incrementAndGet(), null, RESIGN_TIMEOUT_MS))
                    .orTimeout(RESIGN_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    .handle((reply, error) -> null);
        } catch (IOException e) {
            LOG.info("cannot hand over the lead of the metadata quorum: {}", e.getMessage());
            return CompletableFuture.completedFuture(null);
        }
    }

    @Override
    public void close() {
        duties.close();
        try {
            client.close();
        } catch (IOException | RuntimeException e) {
            LOG.warn("closing the metadata client failed", e);
        }
        try {
            server.close();
        } catch (IOException | RuntimeException e) {
            LOG.warn("closing the metadata RaftServer failed", e);
        }
        publisher.close();
        blocking.shutdown();
    }
}
