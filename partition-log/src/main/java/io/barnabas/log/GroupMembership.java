package io.barnabas.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.protocol.GroupInfoReply;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.util.ProtoUtils;
import org.apache.ratis.util.TimeDuration;

/**
 * One replica's membership in its Raft group, changed by asking the group's leader on another node. A replica that lost
 * files must leave before it begins anew: it no longer knows what it voted for and acknowledged (Raft, section 6).
 */
final class GroupMembership implements AutoCloseable {

    private static final int ATTEMPTS = 10;
    private static final TimeDuration BETWEEN_ATTEMPTS = TimeDuration.valueOf(500, TimeUnit.MILLISECONDS);

    private final String name;
    private final RaftGroupId groupId;
    private final RaftPeer self;
    private final List<RaftPeer> others;
    private final RaftClient client;

    /** @param self node id of the replica's node */
    GroupMembership(PartitionSpec spec, int self, RaftProperties raft, Parameters parameters) throws IOException {
        this.name = spec.topic() + "-" + spec.partition();
        this.groupId = RaftGroupId.valueOf(spec.groupId());
        this.self = spec.peers().stream()
                .filter(peer -> peer.nodeId() == self)
                .map(GroupMembership::peer)
                .findFirst()
                .orElseThrow(() -> new IOException(name + " has no replica on node " + self));
        this.others = spec.peers().stream()
                .filter(peer -> peer.nodeId() != self)
                .map(GroupMembership::peer)
                .toList();
        if (others.isEmpty()) {
            throw new IOException(name + " has no other replica to copy from");
        }
        this.client = RaftClient.newBuilder()
                .setProperties(raft)
                .setParameters(parameters)
                .setRaftGroup(RaftGroup.valueOf(groupId, others))
                .setRetryPolicy(RetryPolicies.retryUpToMaximumCountWithFixedSleep(ATTEMPTS, BETWEEN_ATTEMPTS))
                .build();
    }

    /** Who a replica that begins takes for the members of its group; nobody when others will let it in. */
    static List<RaftPeer> first(PartitionSpec spec) {
        return spec.joining()
                ? List.of()
                : spec.peers().stream().map(GroupMembership::peer).toList();
    }

    static RaftPeer peer(PartitionSpec.Peer peer) {
        return RaftPeer.newBuilder()
                .setId(Integer.toString(peer.nodeId()))
                .setAddress(peer.address())
                .build();
    }

    /**
     * Takes the replica out of its group, unless it is out.
     *
     * @throws IOException when the others could not go on without it, or do not answer; then nothing has changed
     */
    void leave() throws IOException {
        List<RaftPeer> members = members();
        if (!contains(members, self.getId())) {
            return;
        }
        List<RaftPeer> rest = members.stream()
                .filter(peer -> !peer.getId().equals(self.getId()))
                .toList();
        long answering = rest.stream().filter(peer -> info(peer).isPresent()).count();
        if (answering <= rest.size() / 2) {
            throw new IOException("only " + answering + " of the " + rest.size() + " other replicas of " + name
                    + " answer, too few to go on without this one; start their nodes first");
        }
        change(SetConfigurationRequest.Arguments.newBuilder()
                .setServersInCurrentConf(members)
                .setServersInNewConf(rest)
                .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                .build());
    }

    /**
     * Lets the replica, which runs empty, into its group again; the leader brings it up to date before it counts.
     *
     * @throws IOException when it is not in yet; ask again
     */
    void join() throws IOException {
        if (!isMember()) {
            change(SetConfigurationRequest.Arguments.newBuilder()
                    .setServersInNewConf(List.of(self))
                    .setMode(SetConfigurationRequest.Mode.ADD)
                    .build());
        }
    }

    /** Whether the leader counts it. */
    boolean isMember() throws IOException {
        return contains(members(), self.getId());
    }

    private void change(SetConfigurationRequest.Arguments arguments) throws IOException {
        RaftClientReply reply = client.admin().setConfiguration(arguments);
        if (!reply.isSuccess()) {
            throw new IOException("the leader of " + name + " refused: " + reply.getException());
        }
    }

    private static boolean contains(List<RaftPeer> members, RaftPeerId id) {
        return members.stream().anyMatch(peer -> peer.getId().equals(id));
    }

    /** The members as the leader knows them. */
    private List<RaftPeer> members() throws IOException {
        for (RaftPeer peer : others) {
            Optional<GroupInfoReply> info = info(peer)
                    .filter(reply -> reply.getRoleInfoProto().hasLeaderInfo())
                    .filter(reply -> reply.getConf().isPresent());
            if (info.isPresent()) {
                List<RaftPeer> members = new ArrayList<>();
                for (RaftPeerProto member : info.get().getConf().get().getPeersList()) {
                    members.add(ProtoUtils.toRaftPeer(member));
                }
                return members;
            }
        }
        throw new IOException("none of the other replicas of " + name + " leads it now");
    }

    private Optional<GroupInfoReply> info(RaftPeer peer) {
        try {
            GroupInfoReply reply = client.getGroupManagementApi(peer.getId()).info(groupId);
            return reply != null && reply.isSuccess() ? Optional.of(reply) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
