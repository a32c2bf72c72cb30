package io.barnabas.log;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * The Raft groups that this node leads: who is in them, and who shall lead. Changes fail with an
 * {@link java.io.IOException} that says why, and may take effect all the same when the lead was lost meanwhile.
 */
public interface PartitionGroups {

    /** The group's members; empty unless this node leads it and is ready. */
    Optional<GroupMembers> members(UUID groupId);

    /**
     * Gives a group other members, none of which may be so far behind that the group would have to wait: those who join
     * run with an empty log and are brought up to date first.
     *
     * @param from the members now
     * @param to the members wanted; more of them must be members already than not, except for the second of all
     * @return completes when the change is committed; also, at once, when nothing is to be changed and the members are
     *     committed
     */
    CompletableFuture<Void> change(UUID groupId, List<PartitionSpec.Peer> from, List<PartitionSpec.Peer> to);

    /** Hands the lead to another member, which must be up to date for it; completes when that one leads. */
    CompletableFuture<Void> transfer(UUID groupId, int nodeId);

    /** Gives the lead up for anybody who is up to date, and breaks off a change of members that waits for a copy. */
    CompletableFuture<Void> resign(UUID groupId);
}
