package io.barnabas.net.kafka.testing;

import io.barnabas.metadata.rules.TopicInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** Requests about consumer groups, as a client of a given version writes them. */
public final class GroupRequests {

    private static final int SESSION_MS = 10_000;

    private GroupRequests() {}

    /** A plain request of any group API; every version joins a group of its own. */
    static ApiMessage typical(ApiKeys key, int version, TopicInfo topic) {
        String group = "group-" + version;
        return switch (key) {
            case JOIN_GROUP -> join(group, "");
            case SYNC_GROUP ->
                new SyncGroupRequestData()
                        .setGroupId(group)
                        .setMemberId("nobody")
                        .setGenerationId(1)
                        .setProtocolType(version < 5 ? null : "consumer")
                        .setProtocolName(version < 5 ? null : "range");
            case HEARTBEAT ->
                new HeartbeatRequestData()
                        .setGroupId(group)
                        .setMemberId("nobody")
                        .setGenerationId(1);
            case LEAVE_GROUP -> leave(version, group, "nobody");
            case OFFSET_COMMIT -> commit(version, group, topic, 5);
            case OFFSET_FETCH -> offsets(version, group, topic);
            case OFFSET_DELETE -> forget(group, topic);
            case LIST_GROUPS -> new ListGroupsRequestData();
            case DESCRIBE_GROUPS -> new DescribeGroupsRequestData().setGroups(List.of(group));
            case DELETE_GROUPS -> new DeleteGroupsRequestData().setGroupsNames(List.of("unknown"));
            case CONSUMER_GROUP_DESCRIBE -> new ConsumerGroupDescribeRequestData().setGroupIds(List.of(group));
            case CONSUMER_GROUP_HEARTBEAT ->
                new ConsumerGroupHeartbeatRequestData()
                        .setGroupId("consumers")
                        .setMemberId("member-" + version)
                        .setMemberEpoch(0)
                        .setRebalanceTimeoutMs(SESSION_MS)
                        .setSubscribedTopicNames(List.of(topic.name()))
                        .setTopicPartitions(List.of());
            default -> throw new IllegalArgumentException("no typical request of " + key + " is known");
        };
    }

    /** A consumer that joins with one assignor. */
    public static JoinGroupRequestData join(String group, String memberId) {
        var protocols = new JoinGroupRequestData.JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestData.JoinGroupRequestProtocol()
                .setName("range")
                .setMetadata("subscription".getBytes(StandardCharsets.UTF_8)));
        return new JoinGroupRequestData()
                .setGroupId(group)
                .setMemberId(memberId)
                .setSessionTimeoutMs(SESSION_MS)
                .setProtocolType("consumer")
                .setProtocols(protocols);
    }

    /** One member that leaves. */
    public static LeaveGroupRequestData leave(int version, String group, String memberId) {
        LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId(group);
        return version < 3
                ? request.setMemberId(memberId)
                : request.setMembers(List.of(new LeaveGroupRequestData.MemberIdentity().setMemberId(memberId)));
    }

    /** A commit of partition 0 by a client outside the group. */
    public static OffsetCommitRequestData commit(int version, String group, TopicInfo topic, long offset) {
        var committed = new OffsetCommitRequestData.OffsetCommitRequestTopic()
                .setPartitions(List.of(new OffsetCommitRequestData.OffsetCommitRequestPartition()
                        .setPartitionIndex(0)
                        .setCommittedOffset(offset)
                        .setCommittedMetadata("note")));
        if (version < 10) {
            committed.setName(topic.name());
        } else {
            committed.setTopicId(Requests.id(topic));
        }
        return new OffsetCommitRequestData().setGroupId(group).setTopics(List.of(committed));
    }

    /** What the group has committed in partitions 0 and 1. */
    public static OffsetFetchRequestData offsets(int version, String group, TopicInfo topic) {
        if (version < 8) {
            return new OffsetFetchRequestData()
                    .setGroupId(group)
                    .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopic()
                            .setName(topic.name())
                            .setPartitionIndexes(List.of(0, 1))));
        }
        var asked = new OffsetFetchRequestData.OffsetFetchRequestTopics().setPartitionIndexes(List.of(0, 1));
        if (version < 10) {
            asked.setName(topic.name());
        } else {
            asked.setTopicId(Requests.id(topic));
        }
        return new OffsetFetchRequestData()
                .setGroups(List.of(new OffsetFetchRequestData.OffsetFetchRequestGroup()
                        .setGroupId(group)
                        .setTopics(List.of(asked))));
    }

    /** Forgets partition 0. */
    public static OffsetDeleteRequestData forget(String group, TopicInfo topic) {
        var topics = new OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection();
        topics.add(new OffsetDeleteRequestData.OffsetDeleteRequestTopic()
                .setName(topic.name())
                .setPartitions(
                        List.of(new OffsetDeleteRequestData.OffsetDeleteRequestPartition().setPartitionIndex(0))));
        return new OffsetDeleteRequestData().setGroupId(group).setTopics(topics);
    }
}
