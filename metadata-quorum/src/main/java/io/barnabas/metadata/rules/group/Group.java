package io.barnabas.metadata.rules.group;

import io.barnabas.metadata.rules.group.Deadlines.Deadline;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A group of either kind. Both serve members that speak the classic protocol: a consumer group does while its members
 * move to the new one.
 */
sealed interface Group permits ClassicGroup, ConsumerGroup {

    /** Why something is refused. */
    record Refused(GroupError error, String message) {}

    String id();

    GroupSummary summary();

    /** Whether it has no members; only then may it be deleted, or become a group of the other kind. */
    boolean isEmpty();

    /** Whether somebody was given a member id and is yet to join with it. */
    boolean awaited();

    /** Goes on after loading: every member is heard of now. */
    void loaded(long nowMs);

    void join(GroupRequest.Join request, long ticket, Turn turn);

    void sync(GroupRequest.Sync request, long ticket, Turn turn);

    void heartbeat(GroupRequest.Heartbeat request, long ticket, Turn turn);

    void leave(GroupRequest.Leave request, long ticket, Turn turn);

    /** One of the group's deadlines has passed. */
    void passed(Deadline deadline, Turn turn);

    /** Whether offsets may be committed; a commit of a classic member also shows that the member is alive. */
    Optional<Refused> commit(GroupRequest.CommitOffsets request, Turn turn);

    /** Whether a member of that epoch may read offsets. */
    Optional<Refused> read(Optional<String> memberId, int memberEpoch);

    /** Whether offsets of topics that no member is subscribed to may be deleted. */
    Optional<Refused> deleteOffsets();

    /** Whether a member is subscribed to the topic; its offsets are then neither deleted nor do they expire. */
    boolean subscribedTo(String topic);

    /** Since when an offset counts as unused, or empty when the group's offsets do not expire as things are. */
    OptionalLong unusedSinceMs(GroupRecord.CommittedOffset offset);

    /** Cancels the deadlines of a group without members: it is about to be forgotten. */
    void close();
}
