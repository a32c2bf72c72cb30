package io.barnabas.metadata;

import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.metadata.rules.NodeLiveness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the quorum's leader does unasked: fence silent nodes, and let nodes that do not vote follow as listeners. */
final class LeaderDuties implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderDuties.class);
    private static final long TICK_MS = 200;

    private final RatisMetadataQuorum quorum;
    private final NodeLiveness liveness;
    private final LongSupplier clockMs;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("metadata-leader-duties").factory());

    LeaderDuties(RatisMetadataQuorum quorum, long nodeTimeoutMs, LongSupplier clockMs) {
        this.quorum = quorum;
        this.liveness = new NodeLiveness(nodeTimeoutMs);
        this.clockMs = clockMs;
    }

    void start() {
        timer.scheduleWithFixedDelay(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    }

    void elected() {
        synchronized (liveness) {
            liveness.reset();
        }
    }

    boolean heartbeat(MetadataImage image, int nodeId, long epoch) {
        synchronized (liveness) {
            return liveness.heartbeat(image, nodeId, epoch, clockMs.getAsLong());
        }
    }

    private void tick() {
        try {
            RaftServer.Division division = quorum.division();
            if (division.getInfo().isLeaderReady()) {
                judge();
                inviteListeners(division);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("the metadata leader's duties failed, next try in {} ms", TICK_MS, e);
        }
    }

    private void judge() {
        List<MetadataCommand> commands;
        synchronized (liveness) {
            commands = liveness.verdicts(quorum.image(), clockMs.getAsLong());
        }
        for (MetadataCommand command : commands) {
            LOG.info("{}", command);
            quorum.propose(command).whenComplete((result, error) -> {
                if (error != null) {
                    LOG.info("{} was not decided: {}", command, error.getMessage());
                }
            });
        }
    }

    /** Registered nodes outside the Raft configuration become listeners, all at once. */
    private void inviteListeners(RaftServer.Division division) throws IOException {
        Collection<RaftPeer> voters = division.getRaftConf().getAllPeers(RaftPeerRole.FOLLOWER);
        Collection<RaftPeer> present = division.getRaftConf().getAllPeers(RaftPeerRole.LISTENER);
        List<RaftPeer> listeners = new ArrayList<>(present);
        for (NodeInfo node : quorum.image().nodes().values()) {
            RaftPeerId id = RaftPeerId.valueOf(Integer.toString(node.id()));
            boolean member = voters.stream().anyMatch(peer -> peer.getId().equals(id))
                    || present.stream().anyMatch(peer -> peer.getId().equals(id));
            if (!member && !node.fenced()) {
                listeners.add(RatisMetadataQuorum.listener(node.id(), node.metadataAddress()));
            }
        }
        if (listeners.size() == present.size()) {
            return;
        }
        RaftClient client = quorum.client();
        RaftClientReply reply = client.admin()
                .setConfiguration(SetConfigurationRequest.Arguments.newBuilder()
                        .setServersInNewConf(List.copyOf(voters))
                        .setListenersInNewConf(listeners)
                        .setServersInCurrentConf(List.copyOf(voters))
                        .setListenersInCurrentConf(List.copyOf(present))
                        .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                        .build());
        LOG.info(
                "listeners of the metadata quorum: {} ({})",
                listeners,
                reply.isSuccess() ? "set" : reply.getException());
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
