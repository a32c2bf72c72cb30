package io.barnabas.metadata;

import java.util.List;

/**
 * The metadata quorum as one node sees it.
 *
 * @param leader the leading voter's node id, or -1 when unknown
 * @param term the current Raft term
 * @param highWatermark the highest committed Raft index known here
 * @param voters the voters' progress; on a node that does not lead, {@code logEndIndex} of the others is -1
 * @param observers the listeners' progress
 */
public record QuorumStatus(int leader, long term, long highWatermark, List<Member> voters, List<Member> observers) {

    /**
     * One member.
     *
     * @param nodeId its node id
     * @param logEndIndex the last Raft index known to be on its disk, or -1
     * @param lastFetchMs when it last answered the leader, in epoch milliseconds, or -1
     */
    public record Member(int nodeId, long logEndIndex, long lastFetchMs) {}
}
