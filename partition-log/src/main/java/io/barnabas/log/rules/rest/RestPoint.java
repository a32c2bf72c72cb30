package io.barnabas.log.rules.rest;

import java.util.List;

/**
 * What a group agrees on before it rests: every member has all entries, all of them are committed and applied, and no
 * vote was cast since that leader was elected.
 *
 * @param term the Raft term, of the leader and of the last entry
 * @param index the last Raft index, on every member
 * @param leader node id of the leader
 * @param members node ids of all voters, the leader too, ascending
 */
public record RestPoint(long term, long index, int leader, List<Integer> members) {

    public RestPoint {
        members = members.stream().sorted().toList();
        if (!members.contains(leader)) {
            throw new IllegalArgumentException("leader " + leader + " is none of the members " + members);
        }
    }
}
