package io.barnabas.net.raft;

import org.apache.ratis.protocol.RaftGroupId;

/**
 * Which members may give their vote to a log with entries while their own is empty. A candidate in Ratis takes such a
 * member for one that has lost its log, with what it voted and acknowledged, and does not count it. One that has just
 * begun is empty too: without its vote a new group could not go on from the loss of its first leader.
 */
@FunctionalInterface
public interface EmptyVoters {

    /** Nobody, as Ratis has it. */
    EmptyVoters NONE = groupId -> false;

    /** Whether this node's member of the group is known to have lost nothing. */
    boolean mayVote(RaftGroupId groupId);
}
