package io.barnabas.metadata.rules.group;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What a coordinator answers. */
public sealed interface GroupResponse {

    /** Refused as a whole. */
    record Failed(GroupError error, String message) implements GroupResponse {}

    /** To a {@link GroupRequest.Join} without member id: join again with this one (KIP-394). */
    record MemberIdRequired(String memberId) implements GroupResponse {}

    /**
     * To {@link GroupRequest.Join}.
     *
     * @param skipAssignment whether the leader is to keep the assignment as it is
     * @param members all members with their metadata, for the leader alone
     */
    record Joined(
            String memberId,
            int generation,
            String protocolType,
            String protocol,
            String leader,
            boolean skipAssignment,
            List<JoinedMember> members)
            implements GroupResponse {}

    /** A member as the leader sees it. */
    record JoinedMember(String memberId, Optional<String> groupInstanceId, ByteString metadata) {}

    /** To {@link GroupRequest.Sync}. */
    record Synced(String protocolType, String protocol, ByteString assignment) implements GroupResponse {}

    /** Done, nothing to tell: to Heartbeat, DeleteGroup. */
    record Done() implements GroupResponse {}

    /** To {@link GroupRequest.Leave}, in the order asked. */
    record Left(List<LeftMember> members) implements GroupResponse {}

    /** One who left, or the reason why not. */
    record LeftMember(String memberId, Optional<String> groupInstanceId, Optional<GroupError> error) {}

    /** To CommitOffsets and DeleteOffsets: the error of each partition that failed; the others are done. */
    record OffsetsChanged(Map<TopicPartition, GroupError> errors) implements GroupResponse {}

    /** A partition by topic name. */
    record TopicPartition(String topic, int partition) {}

    /** To ReadOffsets: what is committed; a partition asked for and not in it has nothing committed. */
    record OffsetsRead(List<GroupRecord.CommittedOffset> offsets) implements GroupResponse {}

    /** To {@link GroupRequest.DescribeClassic}; states are Kafka's ({@code Stable}, {@code PreparingRebalance}, ...). */
    record ClassicDescription(
            String group, String state, String protocolType, String protocol, List<ClassicMember> members)
            implements GroupResponse {}

    /** A classic member as described. */
    record ClassicMember(
            String memberId,
            Optional<String> groupInstanceId,
            String clientId,
            String clientHost,
            ByteString metadata,
            ByteString assignment) {}

    /** To {@link GroupRequest.ConsumerHeartbeat}; no assignment means it has not changed. */
    record ConsumerHeartbeatDone(
            String memberId, int memberEpoch, int heartbeatIntervalMs, Optional<Map<UUID, Set<Integer>>> assignment)
            implements GroupResponse {}

    /** To {@link GroupRequest.DescribeConsumer}. */
    record ConsumerDescription(
            String group,
            String state,
            int groupEpoch,
            int assignmentEpoch,
            String assignor,
            List<ConsumerMember> members)
            implements GroupResponse {}

    /** A consumer member as described; {@code classic} is one that still speaks the classic protocol. */
    record ConsumerMember(
            String memberId,
            Optional<String> groupInstanceId,
            Optional<String> rack,
            int memberEpoch,
            String clientId,
            String clientHost,
            Set<String> subscribedTopics,
            Optional<String> subscribedRegex,
            Map<UUID, Set<Integer>> assignment,
            Map<UUID, Set<Integer>> targetAssignment,
            boolean classic) {}
}
