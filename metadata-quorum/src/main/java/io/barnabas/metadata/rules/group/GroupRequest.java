package io.barnabas.metadata.rules.group;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;

/** What is asked of a group's coordinator. Each has the meaning of the Kafka request of the same name. */
public sealed interface GroupRequest {

    /** No member, or no generation: a client that commits without joining. */
    int NO_GENERATION = -1;

    /** The group's id. */
    String group();

    /**
     * JoinGroup.
     *
     * @param memberId empty for a member that has no id yet
     * @param groupInstanceId of a static member (KIP-345)
     * @param protocols what the member can do, best first
     * @param memberIdRequired whether the client understands MEMBER_ID_REQUIRED (from version 4, KIP-394)
     * @param maySkipAssignment whether a leader that joins again may be told to keep the assignment (version 9)
     */
    record Join(
            String group,
            String memberId,
            Optional<String> groupInstanceId,
            String clientId,
            String clientHost,
            int sessionTimeoutMs,
            int rebalanceTimeoutMs,
            String protocolType,
            List<Protocol> protocols,
            boolean memberIdRequired,
            boolean maySkipAssignment)
            implements GroupRequest {}

    /** A protocol that a member supports and its metadata, for consumers an assignor and the subscription. */
    record Protocol(String name, ByteString metadata) {}

    /** SyncGroup; {@code assignments} by member id come from the leader alone. */
    record Sync(
            String group,
            String memberId,
            Optional<String> groupInstanceId,
            int generation,
            Optional<String> protocolType,
            Optional<String> protocol,
            Map<String, ByteString> assignments)
            implements GroupRequest {}

    /** Heartbeat of a classic member. */
    record Heartbeat(String group, String memberId, Optional<String> groupInstanceId, int generation)
            implements GroupRequest {}

    /** LeaveGroup, also by an administrator for a static member (empty member id). */
    record Leave(String group, List<LeavingMember> members) implements GroupRequest {}

    /** One who leaves, named by member id, by instance id, or by both. */
    record LeavingMember(String memberId, Optional<String> groupInstanceId) {}

    /**
     * OffsetCommit.
     *
     * @param memberId empty for a client outside the group
     * @param generationOrEpoch generation of a classic member, epoch of a consumer member, or {@link #NO_GENERATION}
     * @param expiresAfterMs a retention the client asks for (version 4 and below)
     * @param offsets of partitions that exist
     */
    record CommitOffsets(
            String group,
            String memberId,
            Optional<String> groupInstanceId,
            int generationOrEpoch,
            Optional<Long> expiresAfterMs,
            List<OffsetToCommit> offsets)
            implements GroupRequest {}

    /** A position to remember; {@code leaderEpoch} is -1 when unknown. */
    record OffsetToCommit(UUID topicId, String topic, int partition, long offset, int leaderEpoch, String metadata) {}

    /**
     * OffsetFetch.
     *
     * @param memberId of a consumer member that wants its epoch checked
     * @param memberEpoch its epoch, or {@link #NO_GENERATION}
     * @param topics partitions by topic, or empty for all that the group has committed
     */
    record ReadOffsets(
            String group, Optional<String> memberId, int memberEpoch, Optional<Map<String, List<Integer>>> topics)
            implements GroupRequest {}

    /** OffsetDelete. */
    record DeleteOffsets(String group, Map<String, List<Integer>> topics) implements GroupRequest {}

    /** DeleteGroups, for one group. */
    record DeleteGroup(String group) implements GroupRequest {}

    /** DescribeGroups, for one group. */
    record DescribeClassic(String group) implements GroupRequest {}

    /** ConsumerGroupDescribe, for one group. */
    record DescribeConsumer(String group) implements GroupRequest {}

    /**
     * ConsumerGroupHeartbeat (KIP-848). What has not changed since the last heartbeat is absent.
     *
     * @param memberEpoch 0 to join, -1 to leave, -2 for a static member that will be back, else the member's epoch
     * @param owned partitions by topic id that the member holds
     */
    record ConsumerHeartbeat(
            String group,
            String memberId,
            int memberEpoch,
            Optional<String> groupInstanceId,
            Optional<String> rack,
            String clientId,
            String clientHost,
            OptionalInt rebalanceTimeoutMs,
            Optional<Set<String>> subscribedTopics,
            Optional<String> subscribedRegex,
            Optional<String> serverAssignor,
            Optional<Map<UUID, Set<Integer>>> owned)
            implements GroupRequest {}
}
