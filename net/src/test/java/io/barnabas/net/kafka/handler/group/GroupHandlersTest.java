package io.barnabas.net.kafka.handler.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.metadata.rules.group.GroupError;
import io.barnabas.net.kafka.KafkaErrors;
import io.barnabas.net.kafka.testing.GroupRequests;
import io.barnabas.net.kafka.testing.KafkaSocket;
import io.barnabas.net.kafka.testing.ServedBrokerTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The group APIs over a real socket, on the real rules. */
class GroupHandlersTest extends ServedBrokerTest {

    static IntStream joinVersions() {
        return IntStream.rangeClosed(0, 9);
    }

    static IntStream commitVersions() {
        return IntStream.rangeClosed(2, 10);
    }

    static IntStream fetchVersions() {
        return IntStream.rangeClosed(1, 10);
    }

    @ParameterizedTest
    @EnumSource(GroupError.class)
    void everyRefusalHasAKafkaCode(GroupError error) {
        assertThat(KafkaErrors.of(error).name()).isEqualTo(error.name());
    }

    @ParameterizedTest
    @MethodSource("joinVersions")
    void aMemberJoinsSyncsBeatsAndLeavesInEveryVersion(int version) throws IOException {
        JoinGroupResponseData joined = join(version, "readers");
        assertThat(joined.errorCode()).isZero();
        assertThat(joined.generationId()).isEqualTo(1);
        assertThat(joined.leader()).isEqualTo(joined.memberId());
        assertThat(joined.protocolName()).isEqualTo("range");
        assertThat(joined.members())
                .extracting(member -> new String(member.metadata(), StandardCharsets.UTF_8))
                .containsExactly("subscription");

        byte[] assignment = {1, 2, 3};
        int syncVersion = Math.min(version, 5);
        SyncGroupResponseData synced = client.call(
                ApiKeys.SYNC_GROUP,
                syncVersion,
                new SyncGroupRequestData()
                        .setGroupId("readers")
                        .setMemberId(joined.memberId())
                        .setGenerationId(1)
                        .setProtocolType(syncVersion < 5 ? null : "consumer")
                        .setProtocolName(syncVersion < 5 ? null : "range")
                        .setAssignments(List.of(new SyncGroupRequestData.SyncGroupRequestAssignment()
                                .setMemberId(joined.memberId())
                                .setAssignment(assignment))),
                SyncGroupResponseData.class);
        assertThat(synced.errorCode()).isZero();
        assertThat(synced.assignment()).isEqualTo(assignment);

        assertThat(beat(joined.memberId(), 1)).isEqualTo(Errors.NONE);
        assertThat(beat(joined.memberId(), 2)).isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(beat("stranger", 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);

        int leaveVersion = Math.min(version, 5);
        LeaveGroupResponseData left = client.call(
                ApiKeys.LEAVE_GROUP,
                leaveVersion,
                GroupRequests.leave(leaveVersion, "readers", joined.memberId()),
                LeaveGroupResponseData.class);
        assertThat(left.errorCode()).isZero();
        assertThat(left.members())
                .allSatisfy(member -> assertThat(member.errorCode()).isZero());
        assertThat(left.members()).hasSize(leaveVersion < 3 ? 0 : 1);
        assertThat(beat(joined.memberId(), 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    private JoinGroupResponseData join(int version, String group) throws IOException {
        JoinGroupRequestData request = GroupRequests.join(group, "");
        JoinGroupResponseData first = client.call(ApiKeys.JOIN_GROUP, version, request, JoinGroupResponseData.class);
        if (version < 4) {
            return first;
        }
        assertThat(Errors.forCode(first.errorCode())).isEqualTo(Errors.MEMBER_ID_REQUIRED);
        return client.call(
                ApiKeys.JOIN_GROUP, version, request.setMemberId(first.memberId()), JoinGroupResponseData.class);
    }

    private Errors beat(String member, int generation) throws IOException {
        HeartbeatRequestData beat = new HeartbeatRequestData()
                .setGroupId("readers")
                .setMemberId(member)
                .setGenerationId(generation);
        return Errors.forCode(client.call(ApiKeys.HEARTBEAT, 4, beat, HeartbeatResponseData.class)
                .errorCode());
    }

    @Test
    void aWaitingJoinIsAnsweredWhenTheOthersHaveJoined() throws IOException {
        JoinGroupResponseData first = join(4, "readers");
        try (KafkaSocket second = served.connect()) {
            JoinGroupResponseData known =
                    second.call(ApiKeys.JOIN_GROUP, 4, GroupRequests.join("readers", ""), JoinGroupResponseData.class);
            int waiting = second.send(ApiKeys.JOIN_GROUP, 4, GroupRequests.join("readers", known.memberId()));
            // The two connections overtake each other; only a leader that joins after the other is gathered with it.
            await().until(() -> state("readers").equals("PreparingRebalance"));

            JoinGroupResponseData again = client.call(
                    ApiKeys.JOIN_GROUP,
                    4,
                    GroupRequests.join("readers", first.memberId()),
                    JoinGroupResponseData.class);
            JoinGroupResponseData joined = second.receive(ApiKeys.JOIN_GROUP, 4, waiting, JoinGroupResponseData.class);

            assertThat(again.generationId()).isEqualTo(joined.generationId()).isEqualTo(2);
            assertThat(again.members()).hasSize(2);
            assertThat(joined.members()).isEmpty();
        }
    }

    private String state(String group) throws IOException {
        return client.call(
                        ApiKeys.DESCRIBE_GROUPS,
                        5,
                        new DescribeGroupsRequestData().setGroups(List.of(group)),
                        DescribeGroupsResponseData.class)
                .groups()
                .getFirst()
                .groupState();
    }

    @Test
    void emptyGroupIdsAreRefused() throws IOException {
        assertThat(client.call(ApiKeys.JOIN_GROUP, 9, GroupRequests.join("", ""), JoinGroupResponseData.class)
                        .errorCode())
                .isEqualTo(Errors.INVALID_GROUP_ID.code());
        assertThat(client.call(
                                ApiKeys.HEARTBEAT,
                                4,
                                new HeartbeatRequestData().setMemberId("m"),
                                HeartbeatResponseData.class)
                        .errorCode())
                .isEqualTo(Errors.INVALID_GROUP_ID.code());
    }

    @ParameterizedTest
    @MethodSource("commitVersions")
    void offsetsAreCommittedInEveryVersion(int version) throws IOException {
        TopicInfo topic = broker.createTopic("orders", 2);
        OffsetCommitResponseData committed = client.call(
                ApiKeys.OFFSET_COMMIT,
                version,
                GroupRequests.commit(version, "readers", topic, 42),
                OffsetCommitResponseData.class);
        assertThat(committed.topics().getFirst().partitions())
                .extracting(partition -> Errors.forCode(partition.errorCode()))
                .containsExactly(Errors.NONE);
        assertThat(fetched(10, topic)).containsExactly(tuple(0, 42L, "note"), tuple(1, -1L, ""));
    }

    @ParameterizedTest
    @MethodSource("fetchVersions")
    void offsetsAreReadInEveryVersion(int version) throws IOException {
        TopicInfo topic = broker.createTopic("orders", 2);
        client.call(
                ApiKeys.OFFSET_COMMIT,
                10,
                GroupRequests.commit(10, "readers", topic, 42),
                OffsetCommitResponseData.class);
        assertThat(fetched(version, topic)).containsExactly(tuple(0, 42L, "note"), tuple(1, -1L, ""));
    }

    private List<org.assertj.core.groups.Tuple> fetched(int version, TopicInfo topic) throws IOException {
        OffsetFetchResponseData response = client.call(
                ApiKeys.OFFSET_FETCH,
                version,
                GroupRequests.offsets(version, "readers", topic),
                OffsetFetchResponseData.class);
        return version < 8
                ? response.topics().getFirst().partitions().stream()
                        .map(partition ->
                                tuple(partition.partitionIndex(), partition.committedOffset(), partition.metadata()))
                        .toList()
                : response.groups().getFirst().topics().getFirst().partitions().stream()
                        .map(partition ->
                                tuple(partition.partitionIndex(), partition.committedOffset(), partition.metadata()))
                        .toList();
    }

    @Test
    void allOffsetsOfManyGroupsAreReadAtOnce() throws IOException {
        TopicInfo topic = broker.createTopic("orders", 2);
        client.call(
                ApiKeys.OFFSET_COMMIT, 9, GroupRequests.commit(9, "some", topic, 7), OffsetCommitResponseData.class);
        OffsetFetchRequestData request = new OffsetFetchRequestData()
                .setGroups(List.of(
                        new OffsetFetchRequestData.OffsetFetchRequestGroup()
                                .setGroupId("some")
                                .setTopics(null),
                        new OffsetFetchRequestData.OffsetFetchRequestGroup()
                                .setGroupId("none")
                                .setTopics(null)));
        OffsetFetchResponseData response = client.call(ApiKeys.OFFSET_FETCH, 9, request, OffsetFetchResponseData.class);
        assertThat(response.groups().getFirst().topics())
                .extracting(OffsetFetchResponseData.OffsetFetchResponseTopics::name)
                .containsExactly("orders");
        assertThat(response.groups().getLast().topics()).isEmpty();
    }

    @Test
    void aTopicCreatedAnewHasNoOffsets() throws IOException {
        TopicInfo former = broker.createTopic("orders", 2);
        client.call(
                ApiKeys.OFFSET_COMMIT,
                10,
                GroupRequests.commit(10, "readers", former, 42),
                OffsetCommitResponseData.class);
        broker.quorum().apply(new MetadataCommand.DeleteTopic(former.id()));
        TopicInfo topic = broker.createTopic("orders", 2);

        assertThat(fetched(9, topic)).containsExactly(tuple(0, -1L, ""), tuple(1, -1L, ""));
        OffsetFetchResponseData byFormerId = client.call(
                ApiKeys.OFFSET_FETCH, 10, GroupRequests.offsets(10, "readers", former), OffsetFetchResponseData.class);
        assertThat(byFormerId.groups().getFirst().topics().getFirst().partitions())
                .allSatisfy(partition ->
                        assertThat(Errors.forCode(partition.errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_ID));
        OffsetCommitResponseData late = client.call(
                ApiKeys.OFFSET_COMMIT,
                10,
                GroupRequests.commit(10, "readers", former, 43),
                OffsetCommitResponseData.class);
        assertThat(late.topics().getFirst().partitions())
                .allSatisfy(partition ->
                        assertThat(Errors.forCode(partition.errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_ID));
    }

    @Test
    void commitsOfUnknownPartitionsAndStrangersAreRefused() throws IOException {
        TopicInfo topic = broker.createTopic("orders", 2);
        OffsetCommitRequestData request = GroupRequests.commit(9, "readers", topic, 42);
        request.topics().getFirst().partitions().getFirst().setPartitionIndex(2);
        assertThat(commitError(9, request)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);

        OffsetCommitRequestData long_ = GroupRequests.commit(9, "readers", topic, 42);
        long_.topics().getFirst().partitions().getFirst().setCommittedMetadata("x".repeat(5_000));
        assertThat(commitError(9, long_)).isEqualTo(Errors.OFFSET_METADATA_TOO_LARGE);

        OffsetCommitRequestData stranger =
                GroupRequests.commit(9, "unknown", topic, 42).setMemberId("m").setGenerationIdOrMemberEpoch(3);
        assertThat(commitError(9, stranger)).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(commitError(8, stranger)).isEqualTo(Errors.ILLEGAL_GENERATION);
    }

    private Errors commitError(int version, OffsetCommitRequestData request) throws IOException {
        return Errors.forCode(client.call(ApiKeys.OFFSET_COMMIT, version, request, OffsetCommitResponseData.class)
                .topics()
                .getFirst()
                .partitions()
                .getFirst()
                .errorCode());
    }

    @Test
    void groupsAreListedDescribedAndDeleted() throws IOException {
        TopicInfo topic = broker.createTopic("orders", 2);
        join(4, "readers");
        client.call(
                ApiKeys.OFFSET_COMMIT, 9, GroupRequests.commit(9, "simple", topic, 7), OffsetCommitResponseData.class);

        assertThat(listed(new ListGroupsRequestData())).containsExactlyInAnyOrder("readers", "simple");
        assertThat(listed(new ListGroupsRequestData().setStatesFilter(List.of("empty"))))
                .containsExactly("simple");
        assertThat(listed(new ListGroupsRequestData().setTypesFilter(List.of("Consumer"))))
                .isEmpty();

        for (int version = 0; version <= 6; version++) {
            var groups = client.call(
                            ApiKeys.DESCRIBE_GROUPS,
                            version,
                            new DescribeGroupsRequestData().setGroups(List.of("readers", "unknown")),
                            DescribeGroupsResponseData.class)
                    .groups();
            assertThat(groups.getFirst().groupState()).isEqualTo("CompletingRebalance");
            assertThat(groups.getFirst().members()).singleElement().satisfies(member -> {
                assertThat(member.clientId()).isEqualTo("test");
                assertThat(member.clientHost()).isEqualTo("/127.0.0.1");
            });
            assertThat(groups.getLast().groupState()).isEqualTo("Dead");
            assertThat(Errors.forCode(groups.getLast().errorCode()))
                    .isEqualTo(version < 6 ? Errors.NONE : Errors.GROUP_ID_NOT_FOUND);
        }

        var deleted = client.call(
                        ApiKeys.DELETE_GROUPS,
                        2,
                        new DeleteGroupsRequestData().setGroupsNames(List.of("readers", "simple", "unknown")),
                        DeleteGroupsResponseData.class)
                .results();
        assertThat(deleted)
                .extracting(result -> tuple(result.groupId(), Errors.forCode(result.errorCode())))
                .containsExactly(
                        tuple("readers", Errors.NON_EMPTY_GROUP),
                        tuple("simple", Errors.NONE),
                        tuple("unknown", Errors.GROUP_ID_NOT_FOUND));
        assertThat(listed(new ListGroupsRequestData())).containsExactly("readers");
    }

    private List<String> listed(ListGroupsRequestData request) throws IOException {
        return client.call(ApiKeys.LIST_GROUPS, 5, request, ListGroupsResponseData.class).groups().stream()
                .map(ListGroupsResponseData.ListedGroup::groupId)
                .toList();
    }

    @Test
    void offsetsAreDeleted() throws IOException {
        TopicInfo topic = broker.createTopic("orders", 2);
        client.call(
                ApiKeys.OFFSET_COMMIT, 9, GroupRequests.commit(9, "readers", topic, 7), OffsetCommitResponseData.class);
        var request = GroupRequests.forget("readers", topic);
        OffsetDeleteResponseData deleted =
                client.call(ApiKeys.OFFSET_DELETE, 0, request, OffsetDeleteResponseData.class);
        assertThat(deleted.errorCode()).isZero();
        assertThat(fetched(9, topic)).containsExactly(tuple(0, -1L, ""), tuple(1, -1L, ""));
        assertThat(client.call(
                                ApiKeys.OFFSET_DELETE,
                                0,
                                GroupRequests.forget("unknown", topic),
                                OffsetDeleteResponseData.class)
                        .errorCode())
                .isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
    }

    @Test
    void aConsumerGroupAssignsAndIsDescribed() throws IOException {
        TopicInfo topic = broker.createTopic("orders", 2);
        ConsumerGroupHeartbeatResponseData joined = client.call(
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                1,
                new ConsumerGroupHeartbeatRequestData()
                        .setGroupId("readers")
                        .setMemberId("member")
                        .setMemberEpoch(0)
                        .setRebalanceTimeoutMs(10_000)
                        .setSubscribedTopicNames(List.of("orders"))
                        .setTopicPartitions(List.of()),
                ConsumerGroupHeartbeatResponseData.class);
        assertThat(joined.errorMessage()).isNull();
        assertThat(joined.memberId()).isEqualTo("member");
        assertThat(joined.assignment().topicPartitions())
                .singleElement()
                .satisfies(partitions -> assertThat(partitions.partitions()).containsExactly(0, 1));

        var group = client.call(
                        ApiKeys.CONSUMER_GROUP_DESCRIBE,
                        1,
                        new ConsumerGroupDescribeRequestData().setGroupIds(List.of("readers")),
                        ConsumerGroupDescribeResponseData.class)
                .groups()
                .getFirst();
        assertThat(group.errorCode()).isZero();
        assertThat(group.assignorName()).isEqualTo("uniform");
        assertThat(group.members()).singleElement().satisfies(member -> {
            assertThat(member.memberType()).isEqualTo((byte) 1);
            assertThat(member.assignment().topicPartitions().getFirst().topicName())
                    .isEqualTo(topic.name());
        });
    }

    @Test
    void everyNodeKnowsTheCoordinator() throws IOException {
        FindCoordinatorResponseData response = client.call(
                ApiKeys.FIND_COORDINATOR,
                6,
                new FindCoordinatorRequestData().setCoordinatorKeys(List.of("a", "b", "c", "d", "e", "f", "g", "h")),
                FindCoordinatorResponseData.class);
        assertThat(response.coordinators()).allSatisfy(found -> {
            assertThat(found.errorCode()).isZero();
            assertThat(found.port())
                    .isEqualTo(broker.quorum()
                            .image()
                            .node(found.nodeId())
                            .orElseThrow()
                            .listeners()
                            .getFirst()
                            .port());
        });
        assertThat(response.coordinators())
                .extracting(FindCoordinatorResponseData.Coordinator::nodeId)
                .contains(1, 2, 3);
    }
}
