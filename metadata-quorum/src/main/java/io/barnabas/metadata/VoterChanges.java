package io.barnabas.metadata;

import io.barnabas.metadata.rules.CommandReply;
import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.metadata.rules.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes who votes in the quorum and who leads it, from any node. A change is asked of Raft's leader until this node's
 * own configuration shows it committed; each step names the configuration that it changes, so that one made meanwhile,
 * as when a listener joins, is never undone. To be called on threads that may block.
 */
final class VoterChanges {

    private static final Logger LOG = LoggerFactory.getLogger(VoterChanges.class);
    private static final long PAUSE_MS = 50;
    private static final int TRANSFER_MS = 1_000;

    private final RaftServer server;
    private final LeaderRequests requests;
    private final Supplier<MetadataImage> image;

    VoterChanges(RaftServer server, LeaderRequests requests, Supplier<MetadataImage> image) {
        this.server = server;
        this.requests = requests;
        this.image = image;
    }

    /** The members of one configuration. */
    private record Members(List<RaftPeer> voters, List<RaftPeer> listeners) {

        static Members of(RaftConfiguration configuration) {
            return new Members(
                    List.copyOf(configuration.getCurrentPeers(RaftPeerRole.FOLLOWER)),
                    List.copyOf(configuration.getCurrentPeers(RaftPeerRole.LISTENER)));
        }

        boolean hasVoter(RaftPeerId id) {
            return voters.stream().anyMatch(peer -> peer.getId().equals(id));
        }

        Members withVoter(RaftPeer node) {
            List<RaftPeer> more = new ArrayList<>(voters);
            more.add(node);
            return new Members(more, without(listeners, node.getId()));
        }

        /** The configuration in which the voter follows instead. */
        Members withListener(RaftPeer node) {
            List<RaftPeer> more = new ArrayList<>(listeners);
            more.add(node);
            return new Members(without(voters, node.getId()), more);
        }

        private static List<RaftPeer> without(List<RaftPeer> peers, RaftPeerId id) {
            return peers.stream().filter(peer -> !peer.getId().equals(id)).toList();
        }
    }

    /** Lets a registered node vote; see {@link MetadataQuorum#addVoter}. */
    CommandResult add(int nodeId, Duration within) throws MetadataUnavailableException {
        RaftPeerId id = RatisMetadataQuorum.peerId(nodeId);
        Optional<NodeInfo> node = image.get().node(nodeId);
        if (configured().hasVoter(id)) {
            return refuse(Refusal.DUPLICATE_VOTER, "node " + nodeId + " votes in the metadata quorum already");
        }
        if (node.isEmpty()) {
            return refuse(Refusal.UNKNOWN_NODE, "node " + nodeId + " is not registered; start it first");
        }
        if (node.get().fenced()) {
            return refuse(Refusal.INVALID_REQUEST, "node " + nodeId + " is not live; start it first");
        }
        RaftPeer voter = RaftPeer.newBuilder()
                .setId(id)
                .setAddress(node.get().metadataAddress())
                .build();
        return settle(id, true, members -> members.withVoter(voter), within);
    }

    /** Lets a voter follow instead, or only forgets it when it is not registered. */
    CommandResult remove(int nodeId, Duration within) throws MetadataUnavailableException {
        RaftPeerId id = RatisMetadataQuorum.peerId(nodeId);
        Members members = configured();
        if (!members.hasVoter(id)) {
            return refuse(Refusal.VOTER_NOT_FOUND, "node " + nodeId + " does not vote in the metadata quorum");
        }
        List<Integer> left = members.voters().stream()
                .map(peer -> RatisMetadataQuorum.nodeId(peer.getId()))
                .filter(voter -> voter != nodeId)
                .toList();
        List<Integer> live = left.stream().filter(this::isLive).toList();
        if (live.size() <= left.size() / 2) {
            return refuse(
                    Refusal.INVALID_REQUEST,
                    "without node " + nodeId + " the voters would be " + left + ", of which only " + live
                            + " are live: no majority. Start or add voters first");
        }
        return settle(
                id,
                false,
                present -> present.withListener(RatisMetadataQuorum.listener(
                        nodeId,
                        image.get().node(nodeId).map(NodeInfo::metadataAddress).orElseGet(() -> address(present, id)))),
                within);
    }

    private static String address(Members members, RaftPeerId id) {
        return members.voters().stream()
                .filter(peer -> peer.getId().equals(id))
                .map(RaftPeer::getAddress)
                .findFirst()
                .orElseThrow();
    }

    /** Makes a voter the leader. */
    CommandResult transfer(int nodeId, Duration within) throws MetadataUnavailableException {
        RaftPeerId id = RatisMetadataQuorum.peerId(nodeId);
        if (!configured().hasVoter(id)) {
            return refuse(Refusal.VOTER_NOT_FOUND, "node " + nodeId + " does not vote in the metadata quorum");
        }
        long deadline = System.nanoTime() + within.toNanos();
        while (true) {
            RaftPeerId leader = division().getInfo().getLeaderId();
            if (id.equals(leader)) {
                return accepted();
            }
            if (leader != null) {
                transfer(leader, id, deadline);
            }
            pauseBefore(deadline, "node " + nodeId + " did not take over the lead; does it run and keep up?");
        }
    }

    private boolean isLive(int nodeId) {
        return image.get().node(nodeId).map(node -> !node.fenced()).orElse(false);
    }

    /** One change of the configuration. */
    @FunctionalInterface
    private interface Change {
        Members apply(Members present);
    }

    /** Asks for the change until this node's configuration shows the node voting, or not, for good. */
    private CommandResult settle(RaftPeerId node, boolean voting, Change change, Duration within)
            throws MetadataUnavailableException {
        long deadline = System.nanoTime() + within.toNanos();
        while (true) {
            RaftServer.Division division = division();
            RaftConfiguration configuration = division.getRaftConf();
            RaftPeerId leader = division.getInfo().getLeaderId();
            if (configuration.getPreviousPeers().isEmpty()) {
                Members present = Members.of(configuration);
                if (present.hasVoter(node) != voting) {
                    step(leader, node, present, change, deadline);
                } else if (division.getRaftLog().getLastCommittedIndex() >= configuration.getLogEntryIndex()) {
                    return accepted();
                }
            }
            pauseBefore(deadline, "the metadata quorum did not agree on its voters in time");
        }
    }

    private void step(RaftPeerId leader, RaftPeerId node, Members present, Change change, long deadline) {
        if (leader == null) {
            return;
        }
        if (leader.equals(node)) {
            // Raft's leader cannot leave the vote and go on as a listener; another leads first.
            present.voters().stream()
                    .map(RaftPeer::getId)
                    .filter(voter -> !voter.equals(node) && isLive(RatisMetadataQuorum.nodeId(voter)))
                    .findFirst()
                    .ifPresent(successor -> transfer(leader, successor, deadline));
            return;
        }
        Members wanted = change.apply(present);
        SetConfigurationRequest.Arguments arguments = SetConfigurationRequest.Arguments.newBuilder()
                .setServersInNewConf(wanted.voters())
                .setListenersInNewConf(wanted.listeners())
                .setServersInCurrentConf(present.voters())
                .setListenersInCurrentConf(present.listeners())
                .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                .build();
        LOG.info("voters of the metadata quorum: {} to {}", present.voters(), wanted.voters());
        ask("a change of voters", () -> requests.setConfiguration(leader, arguments, deadline));
    }

    private void transfer(RaftPeerId leader, RaftPeerId successor, long deadline) {
        LOG.info("lead of the metadata quorum: from {} to {}", leader, successor);
        ask("a transfer of leadership", () -> requests.transferLeadership(leader, successor, TRANSFER_MS, deadline));
    }

    @FunctionalInterface
    private interface Question {
        RaftClientReply ask() throws IOException, InterruptedException, TimeoutException;
    }

    /** What fails is tried again: the caller looks at the outcome, not at the answer. */
    private static void ask(String what, Question question) {
        try {
            RaftClientReply reply = question.ask();
            if (!reply.isSuccess()) {
                LOG.info("{} was not taken yet: {}", what, String.valueOf(reply.getException()));
            }
        } catch (IOException | TimeoutException e) {
            LOG.info("{} got no answer: {}", what, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Members configured() throws MetadataUnavailableException {
        return Members.of(division().getRaftConf());
    }

    private RaftServer.Division division() throws MetadataUnavailableException {
        try {
            return server.getDivision(RatisMetadataQuorum.GROUP_ID);
        } catch (IOException e) {
            throw new MetadataUnavailableException("this node's part of the metadata quorum is closed", e);
        }
    }

    private CommandResult accepted() throws MetadataUnavailableException {
        return new CommandResult.Accepted(
                new CommandReply.Done(), division().getRaftLog().getLastCommittedIndex());
    }

    private static CommandResult refuse(Refusal reason, String message) {
        return new CommandResult.Refused(reason, message);
    }

    private static void pauseBefore(long deadline, String otherwise) throws MetadataUnavailableException {
        if (System.nanoTime() - deadline >= 0) {
            throw new MetadataUnavailableException(otherwise, null);
        }
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MetadataUnavailableException("this node stops", e);
        }
    }
}
