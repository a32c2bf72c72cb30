package io.barnabas.log;

import java.util.Map;
import java.util.Set;

/**
 * The members of a partition's Raft group, as its leader sees them.
 *
 * @param self the leader's node id
 * @param epoch the leader's Raft term
 * @param byNode every member, the leader too, by node id; while the members change, those of before and of after
 */
public record GroupMembers(int self, int epoch, Map<Integer, Member> byNode) {

    public GroupMembers {
        byNode = Map.copyOf(byNode);
    }

    /**
     * One member.
     *
     * @param lag Raft entries that it has yet to match
     * @param silentMs time since it last answered, in milliseconds
     */
    public record Member(long lag, long silentMs) {}

    /** A member that has not answered for as long, in milliseconds, does not keep up. */
    public static final long SILENT_MS = 2_000;

    /** Nor does one that has more Raft entries to match than this. */
    public static final long MAX_LAG = 2_000;

    /** Whether a node is a member that answers and is nearly up to date. */
    public boolean keepsUp(int node) {
        Member member = byNode.get(node);
        return member != null && member.silentMs() <= SILENT_MS && member.lag() <= MAX_LAG;
    }

    /** Node ids. */
    public Set<Integer> nodes() {
        return byNode.keySet();
    }
}
