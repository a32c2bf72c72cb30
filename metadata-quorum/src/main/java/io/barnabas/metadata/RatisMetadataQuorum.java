package io.barnabas.metadata;

import io.barnabas.metadata.proto.HeartbeatMessage;
import io.barnabas.metadata.proto.HeartbeatReply;
import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.LeaderElectionManagementRequest;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.AtomicFileOutputStream;
import org.apache.ratis.util.TimeDuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The metadata quorum over a Ratis server of its own: a voter where the configuration names this node, else a listener. */
public final class RatisMetadataQuorum implements MetadataQuorum {

    /** The Raft group of the metadata, the same in every cluster; clusters are told apart by their id. */
    public static final RaftGroupId GROUP_ID =
            RaftGroupId.valueOf(UUID.fromString("ba27aba5-0000-4000-8000-6d6574616461"));

    private static final Logger LOG = LoggerFactory.getLogger(RatisMetadataQuorum.class);
    private static final long RESIGN_TIMEOUT_MS = 1_000;
    /** One attempt to reach the leader; one that is stopped, not dead, costs a proposal as much. */
    private static final TimeDuration RPC_TIMEOUT = TimeDuration.valueOf(1, TimeUnit.SECONDS);

    private final MetadataQuorumConfig config;
    private final RaftPeerId peerId;
    private final ImagePublisher publisher = new ImagePublisher();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final MetadataStateMachine stateMachine;
    private final LeaderDuties duties;
    private final RaftServer server;
    private final RaftClient client;
    private final LeaderRequests requests;
    private final VoterChanges voterChanges;

    private RatisMetadataQuorum(MetadataQuorumConfig config) throws IOException {
        this.config = config;
        this.peerId = RaftPeerId.valueOf(Integer.toString(config.nodeId()));
        this.duties = new LeaderDuties(this, config.nodeTimeout().toMillis(), () -> System.nanoTime() / 1_000_000);
        this.stateMachine = new MetadataStateMachine(new MetadataStateMachine.Events() {
            @Override
            public void applied(MetadataImage image, long index) {
                publisher.publish(image, index);
            }

            @Override
            public boolean heartbeat(int nodeId, long epoch) {
                return duties.heartbeat(image(), nodeId, epoch);
            }

            @Override
            public void storageFailed(String reason) {
                config.storageFailed().accept(reason);
            }
        });
        RaftProperties raft = new RaftProperties(config.raft());
        RaftServerConfigKeys.setStorageDir(raft, List.of(config.storage().toFile()));
        RaftClientConfigKeys.Rpc.setRequestTimeout(raft, RPC_TIMEOUT);
        // A repeat must find its first attempt in the cache for as long as it may come.
        RaftServerConfigKeys.RetryCache.setExpiryTime(
                raft, TimeDuration.valueOf(2 * config.proposalTimeout().toMillis(), TimeUnit.MILLISECONDS));
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
                .build();
        this.requests = new LeaderRequests(
                server, client, voters().stream().map(RaftPeer::getId).toList());
        this.voterChanges = new VoterChanges(server, requests, this::image);
    }

    /** Starts this node's part of the quorum, on an empty storage or on what an earlier run left. */
    public static RatisMetadataQuorum open(MetadataQuorumConfig config) throws IOException {
        requireOwnFiles();
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

    /** With Ratis' own class a full disk loses votes. */
    private static void requireOwnFiles() {
        URL files = location(AtomicFileOutputStream.class);
        if (!files.equals(location(RatisMetadataQuorum.class))) {
            throw new IllegalStateException(
                    "Ratis comes before Barnabas on the class path (" + files + "); metadata-quorum must come first");
        }
    }

    private static URL location(Class<?> of) {
        return of.getProtectionDomain().getCodeSource().getLocation();
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

    @Override
    public MetadataImage image() {
        return stateMachine.image();
    }

    @Override
    public GroupRecords groupRecords() {
        return stateMachine.groupRecords();
    }

    @Override
    public Subscription subscribe(Consumer<MetadataImage> listener) {
        return publisher.subscribe(listener);
    }

    @Override
    public CompletableFuture<CommandResult> propose(MetadataCommand command) {
        Message message = message(command);
        return onThreadOfItsOwn(() -> {
            long deadline = System.nanoTime() + config.proposalTimeout().toNanos();
            RaftClientReply reply =
                    requests.send(message, RaftClientRequest.writeRequestType(), config.proposalTimeout());
            CommandResult result =
                    ResultCodec.decode(reply.getMessage().getContent().toByteArray());
            if (result instanceof CommandResult.Accepted accepted) {
                publisher
                        .reached(accepted.index())
                        .get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            }
            return result;
        });
    }

    /** Proposes only while this node leads: the judgement of a leader that was voted out is worth nothing. */
    CompletableFuture<RaftClientReply> proposeAsLeader(MetadataCommand command) {
        return requests.locally(message(command), RaftClientRequest.writeRequestType());
    }

    CompletableFuture<RaftClientReply> setConfiguration(SetConfigurationRequest.Arguments arguments) {
        try {
            return server.setConfigurationAsync(
                    new SetConfigurationRequest(client.getId(), peerId, GROUP_ID, requests.nextCallId(), arguments));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Message message(MetadataCommand command) {
        return Message.valueOf(UnsafeByteOperations.unsafeWrap(CommandCodec.encode(command)));
    }

    /**
     * Runs a call that waits. What callers hang on the future then runs on that thread too, and not on one of Raft's,
     * which must not be held up.
     */
    private <T> CompletableFuture<T> onThreadOfItsOwn(Callable<T> call) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Runnable task = () -> {
            try {
                future.complete(call.call());
            } catch (MetadataUnavailableException e) {
                future.completeExceptionally(e);
            } catch (Exception e) {
                future.completeExceptionally(LeaderRequests.unavailable(e));
            }
        };
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            future.completeExceptionally(new MetadataUnavailableException("this node stops", e));
        }
        return future;
    }

    @Override
    public CompletableFuture<Boolean> heartbeat(long nodeEpoch) {
        byte[] bytes = HeartbeatMessage.newBuilder()
                .setNodeId(config.nodeId())
                .setEpoch(nodeEpoch)
                .build()
                .toByteArray();
        Message message = Message.valueOf(UnsafeByteOperations.unsafeWrap(bytes));
        return onThreadOfItsOwn(() -> {
            RaftClientReply reply = requests.send(message, RaftClientRequest.readRequestType(), config.nodeTimeout());
            return HeartbeatReply.parseFrom(reply.getMessage().getContent().toByteArray())
                    .getKnown();
        });
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

    static int nodeId(RaftPeerId id) {
        return Integer.parseInt(id.toString());
    }

    static RaftPeerId peerId(int nodeId) {
        return RaftPeerId.valueOf(Integer.toString(nodeId));
    }

    @Override
    public CompletableFuture<CommandResult> addVoter(int nodeId) {
        return onThreadOfItsOwn(() -> voterChanges.add(nodeId, config.proposalTimeout()));
    }

    @Override
    public CompletableFuture<CommandResult> removeVoter(int nodeId) {
        return onThreadOfItsOwn(() -> voterChanges.remove(nodeId, config.proposalTimeout()));
    }

    @Override
    public CompletableFuture<CommandResult> transferLeadership(int nodeId) {
        return onThreadOfItsOwn(() -> voterChanges.transfer(nodeId, config.proposalTimeout()));
    }

    /** Whether this node stands for election when it hears no leader. */
    void standForElection(boolean stands) throws IOException {
        long call = requests.nextCallId();
        server.leaderElectionManagementAsync(
                stands
                        ? LeaderElectionManagementRequest.newResume(client.getId(), peerId, GROUP_ID, call)
                        : LeaderElectionManagementRequest.newPause(client.getId(), peerId, GROUP_ID, call));
    }

    @Override
    public CompletableFuture<Void> resignLeadership() {
        try {
            RaftServer.Division division = division();
            if (!division.getInfo().isLeader()) {
                return CompletableFuture.completedFuture(null);
            }
            // A successor by name stands for election at once; stepping down for nobody costs an election timeout. When
            // no other voter is there, as when a whole cluster stops, there is nobody to wait for.
            long heardSince = System.currentTimeMillis() - RESIGN_TIMEOUT_MS;
            return members(division, RaftPeerRole.FOLLOWER, -1).stream()
                    .filter(member -> member.nodeId() != config.nodeId() && member.lastFetchMs() >= heardSince)
                    .max(Comparator.comparingLong(QuorumStatus.Member::logEndIndex))
                    .map(member -> transfer(RaftPeerId.valueOf(Integer.toString(member.nodeId())))
                            .thenCompose(done -> done ? CompletableFuture.completedFuture(true) : transfer(null))
                            .<Void>thenApply(done -> null))
                    .orElseGet(() -> CompletableFuture.completedFuture(null));
        } catch (IOException e) {
            LOG.info("cannot hand over the lead of the metadata quorum: {}", e.getMessage());
            return CompletableFuture.completedFuture(null);
        }
    }

    private CompletableFuture<Boolean> transfer(RaftPeerId successor) {
        try {
            return server.transferLeadershipAsync(new TransferLeadershipRequest(
                            client.getId(), peerId, GROUP_ID, requests.nextCallId(), successor, RESIGN_TIMEOUT_MS))
                    .orTimeout(RESIGN_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    .handle((reply, error) -> error == null && reply.isSuccess());
        } catch (IOException e) {
            return CompletableFuture.completedFuture(false);
        }
    }

    @Override
    public void close() {
        duties.close();
        threads.shutdownNow();
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
    }
}
