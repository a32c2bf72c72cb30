package io.barnabas.log;

import io.barnabas.log.rules.rest.RestPoint;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;

/** What an open division says of whether its replica could rest. */
final class RestFacts {

    /** A follower that did not answer for so long, in milliseconds, may rest or be gone. */
    static final long SILENT_MS = 1_500;

    private RestFacts() {}

    /** Where the group could rest: this replica leads it, and every member has all there is. */
    static Optional<RestPoint> settled(RaftServer.Division division, ReplicaLog log) {
        DivisionInfo info = division.getInfo();
        if (!info.isLeaderReady()) {
            return Optional.empty();
        }
        TermIndex last = division.getRaftLog().getLastEntryTermIndex();
        long term = info.getCurrentTerm();
        if (last == null
                || last.getTerm() != term
                || division.getRaftLog().getLastCommittedIndex() != last.getIndex()
                || log.applied().getIndex() != last.getIndex()
                || !division.getRaftConf().getPreviousPeers().isEmpty()
                || !followersHaveAll(info, last.getIndex())) {
            return Optional.empty();
        }
        List<Integer> members = division.getRaftConf().getCurrentPeers().stream()
                .map(peer -> nodeId(peer.getId()))
                .toList();
        int self = nodeId(division.getId());
        return members.contains(self)
                ? Optional.of(new RestPoint(term, last.getIndex(), self, members))
                : Optional.empty();
    }

    private static boolean followersHaveAll(DivisionInfo info, long index) {
        long[] matched = info.getFollowerMatchIndices();
        List<ServerRpcProto> followers = info.getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
        if (matched == null || matched.length != followers.size()) {
            return false;
        }
        for (int i = 0; i < matched.length; i++) {
            if (matched[i] != index || followers.get(i).getLastRpcElapsedTimeMs() > SILENT_MS) {
                return false;
            }
        }
        return true;
    }

    /** Whether an open replica stands at that point, as a follower of its leader or as the leader. */
    static boolean standsAt(RaftServer.Division division, ReplicaLog log, RestPoint point) {
        RaftPeerId leader = division.getInfo().getLeaderId();
        return leader != null && nodeId(leader) == point.leader() && holds(division, log, point);
    }

    /** Whether an open replica has what was agreed on, and nothing more. */
    static boolean holds(RaftServer.Division division, ReplicaLog log, RestPoint point) {
        TermIndex last = division.getRaftLog().getLastEntryTermIndex();
        return division.getInfo().getCurrentTerm() == point.term()
                && last != null
                && last.getTerm() == point.term()
                && last.getIndex() == point.index()
                && log.applied().getIndex() == point.index()
                && log.logEndOffset() == log.highWatermark();
    }

    /** The members that an open replica misses: all of them without a leader, on a leader those that do not answer. */
    static Set<Integer> missing(RaftServer.Division division) {
        DivisionInfo info = division.getInfo();
        Set<Integer> missing = new HashSet<>();
        if (info.isLeader()) {
            info.getRoleInfoProto().getLeaderInfo().getFollowerInfoList().stream()
                    .filter(follower -> follower.getLastRpcElapsedTimeMs() > SILENT_MS)
                    .forEach(follower -> missing.add(
                            Integer.parseInt(follower.getId().getId().toStringUtf8())));
        } else if (info.getLeaderId() == null) {
            missing.addAll(division.getRaftConf().getAllPeers().stream()
                    .map(RaftPeer::getId)
                    .map(RestFacts::nodeId)
                    .collect(Collectors.toSet()));
            missing.remove(nodeId(division.getId()));
        }
        return missing;
    }

    private static int nodeId(RaftPeerId id) {
        return Integer.parseInt(id.toString());
    }
}
