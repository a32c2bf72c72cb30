package io.barnabas.log;

import java.util.Map;
import java.util.Optional;

/**
 * One replica's condition.
 *
 * @param sizeInBytes bytes in segment files
 * @param segments number of segment files
 * @param followerLags on the leader, by node id: Raft entries that the follower has yet to match; empty elsewhere
 * @param catchUp how far a bulk copy of the leader's log has come, or that the group has not let the replica in yet;
 *     empty for a member that copies nothing
 * @param scrub how far the background check of the data has come
 * @param failure why the replica stopped, empty when it is well
 */
public record ReplicaStatus(
        long sizeInBytes,
        int segments,
        Map<Integer, Long> followerLags,
        Optional<CatchUpProgress> catchUp,
        ScrubStatus scrub,
        Optional<String> failure) {}
