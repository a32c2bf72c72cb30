package io.barnabas.metadata.rules.group;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What a coordinator writes down, and a later one reads to go on. Each is the newest value of its key, or takes keys
 * away; keys are the group, the kind of record and what tells records of a kind apart.
 */
public sealed interface GroupRecord {

    /** The group's id; it decides the shard. */
    String group();

    /** A value that is read again when a coordinator loads its shard. */
    sealed interface Membership extends GroupRecord {}

    /**
     * A classic group at rest: after a generation was complete, or after it emptied.
     *
     * @param protocolType empty for a group that only commits
     * @param protocol absent while it is empty
     * @param leader the member that assigns, absent while it is empty
     * @param sinceMs when it came into this state
     */
    record ClassicGroupState(
            String group,
            String protocolType,
            Optional<String> protocol,
            Optional<String> leader,
            int generation,
            long sinceMs,
            List<ClassicMemberState> members)
            implements Membership {}

    /** A member of a {@link ClassicGroupState}, with all protocols it named. */
    record ClassicMemberState(
            String memberId,
            Optional<String> groupInstanceId,
            String clientId,
            String clientHost,
            int sessionTimeoutMs,
            int rebalanceTimeoutMs,
            List<GroupRequest.Protocol> protocols,
            ByteString assignment) {}

    /** A consumer group (KIP-848): its epoch, that of its target assignment, and since when it is empty (or -1). */
    record ConsumerGroupState(
            String group, int groupEpoch, int assignmentEpoch, long subscriptionHash, long emptySinceMs)
            implements Membership {}

    /**
     * A member of a consumer group and what it wants.
     *
     * @param classic of a member that still speaks the classic protocol: its session timeout and protocols
     */
    record ConsumerMemberState(
            String group,
            String memberId,
            Optional<String> groupInstanceId,
            Optional<String> rack,
            String clientId,
            String clientHost,
            int rebalanceTimeoutMs,
            Set<String> subscribedTopics,
            Optional<String> subscribedRegex,
            Optional<String> serverAssignor,
            Optional<ClassicSide> classic)
            implements Membership {}

    /** The classic side of a consumer member during a migration. */
    record ClassicSide(int sessionTimeoutMs, List<GroupRequest.Protocol> protocols) {}

    /** What a member is to have in the end. */
    record TargetAssignment(String group, String memberId, Map<UUID, Set<Integer>> partitions) implements Membership {}

    /**
     * What a member has.
     *
     * @param state Stable, UnrevokedPartitions or UnreleasedPartitions
     * @param revoking what it was told to give up and has not yet
     */
    record CurrentAssignment(
            String group,
            String memberId,
            int memberEpoch,
            int previousMemberEpoch,
            String state,
            Map<UUID, Set<Integer>> assigned,
            Map<UUID, Set<Integer>> revoking)
            implements Membership {}

    /** The topics that a subscribed expression stands for, as of the metadata image of that index. */
    record ResolvedRegex(String group, String regex, Set<String> topics, long imageIndex, long resolvedMs)
            implements Membership {}

    /**
     * A committed position. Never in a coordinator's memory: it is read from the store.
     *
     * @param topicId of the topic committed to; a topic created anew under the name has no offsets
     * @param leaderEpoch -1 when the client did not say
     * @param expiresMs when it expires by the client's own wish
     */
    record CommittedOffset(
            String group,
            UUID topicId,
            String topic,
            int partition,
            long offset,
            int leaderEpoch,
            String metadata,
            long committedMs,
            Optional<Long> expiresMs)
            implements GroupRecord {}

    /** Takes a committed position away. */
    record OffsetRemoved(String group, String topic, int partition) implements GroupRecord {}

    /** Takes away all that is known of a member of a consumer group. */
    record ConsumerMemberRemoved(String group, String memberId) implements Membership {}

    /** Takes a {@link ResolvedRegex} away. */
    record RegexRemoved(String group, String regex) implements Membership {}

    /** Takes away every {@link Membership} value of the group, but not its offsets: it is about to change its kind. */
    record MembershipRemoved(String group) implements Membership {}

    /** Takes everything of the group away. */
    record GroupRemoved(String group) implements Membership {}
}
