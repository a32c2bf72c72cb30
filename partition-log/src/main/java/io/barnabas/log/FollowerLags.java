package io.barnabas.log;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;

/** How far the followers of a division are behind, as its leader knows it. */
final class FollowerLags {

    private FollowerLags() {}

    /** Whether a division leads, or has all that its leader has said is committed since this process opened it. */
    static boolean isNone(RaftServer.Division running) {
        RaftPeerId leader = running.getInfo().getLeaderId();
        if (leader == null) {
            return false;
        }
        if (leader.equals(running.getId())) {
            return running.getInfo().isLeaderReady();
        }
        long committed = running.getRaftLog().getLastCommittedIndex();
        return running.getCommitInfos().stream()
                .filter(info -> RaftPeerId.valueOf(info.getServer().getId()).equals(leader))
                .anyMatch(info -> info.getCommitIndex() <= committed);
    }

    /** Entries by which each follower lacks the leader's log, by node id; nothing where the division does not lead. */
    static Map<Integer, Long> of(RaftServer.Division running) {
        if (!running.getInfo().isLeader()) {
            return Map.of();
        }
        long[] matched = running.getInfo().getFollowerMatchIndices();
        RoleInfoProto role = running.getInfo().getRoleInfoProto();
        List<ServerRpcProto> followers = role.getLeaderInfo().getFollowerInfoList();
        if (matched == null || matched.length != followers.size()) {
            return Map.of();
        }
        long last;
        try {
            last = running.getRaftLog().getNextIndex() - 1;
        } catch (IllegalStateException e) {
            // The division was closed meanwhile.
            return Map.of();
        }
        Map<Integer, Long> lags = new HashMap<>();
        for (int i = 0; i < matched.length; i++) {
            lags.put(Integer.parseInt(followers.get(i).getId().getId().toStringUtf8()), Math.max(0, last - matched[i]));
        }
        return Map.copyOf(lags);
    }
}
