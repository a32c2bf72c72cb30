package io.barnabas.metadata;

import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.metadata.rules.NodeLiveness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the quorum's leader does unasked: fence silent nodes, those whose process is gone at once, and let nodes that do not vote follow as listeners. The
 * timer never waits for an answer: a listener that is slow to join must not keep others from being fenced.
 */
final class LeaderDuties implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderDuties.class);
    private static final long TICK_MS = 100;

    private final RatisMetadataQuorum quorum;
    private final NodeLiveness liveness;
    private final LongSupplier clockMs;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("metadata-leader-duties").factory());
    /** The commands of the last judgement and the last change of listeners; touched by the timer's thread alone. */
    private CompletableFuture<?> verdicts = CompletableFuture.completedFuture(null);

    private final Set<Integer> probing = ConcurrentHashMap.newKeySet();

    /** Whether this node may stand for election; touched by the timer's thread alone. */
    private boolean standing = true;

    private CompletableFuture<?> invitation = CompletableFuture.completedFuture(null);

    /**
     * Duties that rest until {@link #start}.
     *
     * @param clockMs a clock that never jumps
     */
    LeaderDuties(RatisMetadataQuorum quorum, long nodeTimeoutMs, LongSupplier clockMs) {
        this.quorum = quorum;
        this.liveness = new NodeLiveness(nodeTimeoutMs);
        this.clockMs = clockMs;
    }

    void start() {
        timer.scheduleWithFixedDelay(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    }

    boolean heartbeat(MetadataImage image, int nodeId, long epoch) {
        synchronized (liveness) {
            return liveness.heartbeat(image, nodeId, epoch, clockMs.getAsLong());
        }
    }

    private void tick() {
        try {
            RaftServer.Division division = quorum.division();
            standOrRest(division);
            if (!division.getInfo().isLeaderReady()) {
                return;
            }
            if (verdicts.isDone()) {
                verdicts = judge(division.getInfo().getCurrentTerm());
                lookAtSuspects();
            }
            if (invitation.isDone()) {
                invitation = inviteListeners(division);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("the metadata leader's duties failed, next try in {} ms", TICK_MS, e);
        }
    }

    /**
     * Raft makes a listener a voter when the configuration says so, but a voter that became a listener keeps its old
     * role until it restarts. It would then stand for election one day, find itself no voter, and shut down.
     */
    private void standOrRest(RaftServer.Division division) throws IOException {
        RaftPeerId self = division.getId();
        boolean stands = division.getRaftConf().getPeer(self, RaftPeerRole.FOLLOWER) != null
                || division.getRaftConf().getPeer(self, RaftPeerRole.LISTENER) == null;
        if (stands != standing) {
            quorum.standForElection(stands);
            standing = stands;
        }
    }

    private CompletableFuture<?> judge(long term) {
        List<MetadataCommand> commands;
        synchronized (liveness) {
            commands = liveness.verdicts(quorum.image(), term, clockMs.getAsLong());
        }
        return CompletableFuture.allOf(commands.stream().map(this::decide).toArray(CompletableFuture<?>[]::new));
    }

    /**
     * A node's groups must not wait for its session timeout when its process is gone, which its machine knows: nobody
     * listens at its port. That a busy node is taken for a dead one, which a shorter timeout might do, cannot happen.
     */
    private void lookAtSuspects() {
        List<NodeInfo> suspects;
        synchronized (liveness) {
            suspects = liveness.suspects(quorum.image(), clockMs.getAsLong());
        }
        for (NodeInfo suspect : suspects) {
            if (probing.add(suspect.id())) {
                Thread.ofVirtual().name("metadata-port-probe").start(() -> lookAt(suspect));
            }
        }
    }

    private void lookAt(NodeInfo suspect) {
        try {
            boolean gone = PortProbe.isRefused(suspect.metadataAddress());
            synchronized (liveness) {
                gone &= liveness.isSuspect(quorum.image(), suspect.id(), suspect.epoch(), clockMs.getAsLong());
            }
            if (gone) {
                LOG.info(
                        "nobody listens at {}: the process of node {} is gone",
                        suspect.metadataAddress(),
                        suspect.id());
                decide(new MetadataCommand.FenceNode(suspect.id(), suspect.epoch()));
            }
        } finally {
            probing.remove(suspect.id());
        }
    }

    private CompletableFuture<?> decide(MetadataCommand command) {
        LOG.info("{}", command);
        return quorum.proposeAsLeader(command).handle((reply, error) -> {
            if (error != null || !reply.isSuccess()) {
                LOG.info("{} was not decided: {}", command, error == null ? reply.getException() : error);
            }
            return null;
        });
    }

    /**
     * Registered nodes outside the Raft configuration become listeners, all at once, and listeners that were
     * unregistered leave it.
     */
    private CompletableFuture<?> inviteListeners(RaftServer.Division division) {
        MetadataImage image = quorum.image();
        Collection<RaftPeer> voters = division.getRaftConf().getAllPeers(RaftPeerRole.FOLLOWER);
        Collection<RaftPeer> present = division.getRaftConf().getAllPeers(RaftPeerRole.LISTENER);
        List<RaftPeer> listeners = new ArrayList<>();
        for (RaftPeer peer : present) {
            if (image.nodes().containsKey(RatisMetadataQuorum.nodeId(peer.getId()))) {
                listeners.add(peer);
            }
        }
        boolean left = listeners.size() < present.size();
        boolean joined = false;
        for (NodeInfo node : image.nodes().values()) {
            RaftPeerId id = RaftPeerId.valueOf(Integer.toString(node.id()));
            if (!node.fenced() && !contains(voters, id) && !contains(present, id)) {
                listeners.add(RatisMetadataQuorum.listener(node.id(), node.metadataAddress()));
                joined = true;
            }
        }
        if (!left && !joined) {
            return CompletableFuture.completedFuture(null);
        }
        return quorum.setConfiguration(SetConfigurationRequest.Arguments.newBuilder()
                        .setServersInNewConf(List.copyOf(voters))
                        .setListenersInNewConf(listeners)
                        .setServersInCurrentConf(List.copyOf(voters))
                        .setListenersInCurrentConf(List.copyOf(present))
                        .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                        .build())
                .handle((reply, error) -> report(listeners, reply, error));
    }

    private static Void report(List<RaftPeer> listeners, RaftClientReply reply, Throwable error) {
        if (error == null && reply.isSuccess()) {
            LOG.info("listeners of the metadata quorum: {}", listeners);
        } else {
            LOG.info(
                    "listeners of the metadata quorum cannot become {} yet: {}",
                    listeners,
                    error == null ? reply.getException() : error);
        }
        return null;
    }

    private static boolean contains(Collection<RaftPeer> peers, RaftPeerId id) {
        return peers.stream().anyMatch(peer -> peer.getId().equals(id));
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
