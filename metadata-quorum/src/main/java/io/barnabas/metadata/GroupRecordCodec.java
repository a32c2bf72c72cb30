package io.barnabas.metadata;

import com.google.protobuf.InvalidProtocolBufferException;
import io.barnabas.metadata.proto.ClassicGroupMessage;
import io.barnabas.metadata.proto.ClassicMemberMessage;
import io.barnabas.metadata.proto.ClassicSideMessage;
import io.barnabas.metadata.proto.CommittedOffsetMessage;
import io.barnabas.metadata.proto.ConsumerGroupMessage;
import io.barnabas.metadata.proto.ConsumerMemberMessage;
import io.barnabas.metadata.proto.CurrentAssignmentMessage;
import io.barnabas.metadata.proto.GroupRecordMessage;
import io.barnabas.metadata.proto.OffsetRemovedMessage;
import io.barnabas.metadata.proto.OffsetValueMessage;
import io.barnabas.metadata.proto.ProtocolMessage;
import io.barnabas.metadata.proto.ResolvedRegexMessage;
import io.barnabas.metadata.proto.TargetAssignmentMessage;
import io.barnabas.metadata.proto.TopicPartitionsMessage;
import io.barnabas.metadata.rules.group.GroupRecord;
import io.barnabas.metadata.rules.group.GroupRequest;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** Group records as bytes. The same record always becomes the same bytes, on every node. */
final class GroupRecordCodec {

    private GroupRecordCodec() {}

    static GroupRecordMessage encode(GroupRecord record) {
        GroupRecordMessage.Builder message = GroupRecordMessage.newBuilder().setGroup(record.group());
        switch (record) {
            case GroupRecord.ClassicGroupState r -> message.setClassicGroup(classicGroup(r));
            case GroupRecord.ConsumerGroupState r ->
                message.setConsumerGroup(ConsumerGroupMessage.newBuilder()
                        .setGroupEpoch(r.groupEpoch())
                        .setAssignmentEpoch(r.assignmentEpoch())
                        .setSubscriptionHash(r.subscriptionHash())
                        .setEmptySinceMs(r.emptySinceMs()));
            case GroupRecord.ConsumerMemberState r -> message.setConsumerMember(consumerMember(r));
            case GroupRecord.TargetAssignment r ->
                message.setTargetAssignment(TargetAssignmentMessage.newBuilder()
                        .setMemberId(r.memberId())
                        .addAllPartitions(partitions(r.partitions())));
            case GroupRecord.CurrentAssignment r ->
                message.setCurrentAssignment(CurrentAssignmentMessage.newBuilder()
                        .setMemberId(r.memberId())
                        .setMemberEpoch(r.memberEpoch())
                        .setPreviousMemberEpoch(r.previousMemberEpoch())
                        .setState(r.state())
                        .addAllAssigned(partitions(r.assigned()))
                        .addAllRevoking(partitions(r.revoking())));
            case GroupRecord.ResolvedRegex r ->
                message.setResolvedRegex(ResolvedRegexMessage.newBuilder()
                        .setRegex(r.regex())
                        .addAllTopics(new TreeSet<>(r.topics()))
                        .setImageIndex(r.imageIndex())
                        .setResolvedMs(r.resolvedMs()));
            case GroupRecord.CommittedOffset r ->
                message.setCommittedOffset(CommittedOffsetMessage.newBuilder()
                        .setTopic(r.topic())
                        .setPartition(r.partition())
                        .setValue(offsetValue(r)));
            case GroupRecord.OffsetRemoved r ->
                message.setOffsetRemoved(
                        OffsetRemovedMessage.newBuilder().setTopic(r.topic()).setPartition(r.partition()));
            case GroupRecord.ConsumerMemberRemoved r -> message.setConsumerMemberRemoved(r.memberId());
            case GroupRecord.RegexRemoved r -> message.setRegexRemoved(r.regex());
            case GroupRecord.MembershipRemoved r -> message.setMembershipRemoved(true);
            case GroupRecord.GroupRemoved r -> message.setGroupRemoved(true);
        }
        return message.build();
    }

    static GroupRecord decode(GroupRecordMessage m) throws InvalidProtocolBufferException {
        String group = m.getGroup();
        return switch (m.getRecordCase()) {
            case CLASSIC_GROUP -> classicGroup(group, m.getClassicGroup());
            case CONSUMER_GROUP ->
                new GroupRecord.ConsumerGroupState(
                        group,
                        m.getConsumerGroup().getGroupEpoch(),
                        m.getConsumerGroup().getAssignmentEpoch(),
                        m.getConsumerGroup().getSubscriptionHash(),
                        m.getConsumerGroup().getEmptySinceMs());
            case CONSUMER_MEMBER -> consumerMember(group, m.getConsumerMember());
            case TARGET_ASSIGNMENT ->
                new GroupRecord.TargetAssignment(
                        group,
                        m.getTargetAssignment().getMemberId(),
                        partitions(m.getTargetAssignment().getPartitionsList()));
            case CURRENT_ASSIGNMENT -> currentAssignment(group, m.getCurrentAssignment());
            case RESOLVED_REGEX ->
                new GroupRecord.ResolvedRegex(
                        group,
                        m.getResolvedRegex().getRegex(),
                        sorted(m.getResolvedRegex().getTopicsList()),
                        m.getResolvedRegex().getImageIndex(),
                        m.getResolvedRegex().getResolvedMs());
            case COMMITTED_OFFSET ->
                committedOffset(
                        group,
                        m.getCommittedOffset().getTopic(),
                        m.getCommittedOffset().getPartition(),
                        m.getCommittedOffset().getValue());
            case OFFSET_REMOVED ->
                new GroupRecord.OffsetRemoved(
                        group,
                        m.getOffsetRemoved().getTopic(),
                        m.getOffsetRemoved().getPartition());
            case CONSUMER_MEMBER_REMOVED -> new GroupRecord.ConsumerMemberRemoved(group, m.getConsumerMemberRemoved());
            case REGEX_REMOVED -> new GroupRecord.RegexRemoved(group, m.getRegexRemoved());
            case MEMBERSHIP_REMOVED -> new GroupRecord.MembershipRemoved(group);
            case GROUP_REMOVED -> new GroupRecord.GroupRemoved(group);
            case RECORD_NOT_SET ->
                throw new InvalidProtocolBufferException("a group record of a kind that this node does not know");
        };
    }

    static OffsetValueMessage offsetValue(GroupRecord.CommittedOffset r) {
        OffsetValueMessage.Builder value = OffsetValueMessage.newBuilder()
                .setTopicId(CommandCodec.uuid(r.topicId()))
                .setOffset(r.offset())
                .setLeaderEpoch(r.leaderEpoch())
                .setMetadata(r.metadata())
                .setCommittedMs(r.committedMs());
        r.expiresMs().ifPresent(value::setExpiresMs);
        return value.build();
    }

    static GroupRecord.CommittedOffset committedOffset(
            String group, String topic, int partition, OffsetValueMessage value) {
        return new GroupRecord.CommittedOffset(
                group,
                CommandCodec.uuid(value.getTopicId()),
                topic,
                partition,
                value.getOffset(),
                value.getLeaderEpoch(),
                value.getMetadata(),
                value.getCommittedMs(),
                value.hasExpiresMs() ? Optional.of(value.getExpiresMs()) : Optional.empty());
    }

    private static ClassicGroupMessage classicGroup(GroupRecord.ClassicGroupState r) {
        ClassicGroupMessage.Builder message = ClassicGroupMessage.newBuilder()
                .setProtocolType(r.protocolType())
                .setGeneration(r.generation())
                .setSinceMs(r.sinceMs());
        r.protocol().ifPresent(message::setProtocol);
        r.leader().ifPresent(message::setLeader);
        for (GroupRecord.ClassicMemberState member : r.members()) {
            ClassicMemberMessage.Builder one = ClassicMemberMessage.newBuilder()
                    .setMemberId(member.memberId())
                    .setClientId(member.clientId())
                    .setClientHost(member.clientHost())
                    .setSessionTimeoutMs(member.sessionTimeoutMs())
                    .setRebalanceTimeoutMs(member.rebalanceTimeoutMs())
                    .addAllProtocols(toMessages(member.protocols()))
                    .setAssignment(member.assignment());
            member.groupInstanceId().ifPresent(one::setGroupInstanceId);
            message.addMembers(one);
        }
        return message.build();
    }

    private static GroupRecord classicGroup(String group, ClassicGroupMessage m) {
        return new GroupRecord.ClassicGroupState(
                group,
                m.getProtocolType(),
                m.hasProtocol() ? Optional.of(m.getProtocol()) : Optional.empty(),
                m.hasLeader() ? Optional.of(m.getLeader()) : Optional.empty(),
                m.getGeneration(),
                m.getSinceMs(),
                m.getMembersList().stream()
                        .map(member -> new GroupRecord.ClassicMemberState(
                                member.getMemberId(),
                                member.hasGroupInstanceId()
                                        ? Optional.of(member.getGroupInstanceId())
                                        : Optional.empty(),
                                member.getClientId(),
                                member.getClientHost(),
                                member.getSessionTimeoutMs(),
                                member.getRebalanceTimeoutMs(),
                                protocols(member.getProtocolsList()),
                                member.getAssignment()))
                        .toList());
    }

    private static ConsumerMemberMessage consumerMember(GroupRecord.ConsumerMemberState r) {
        ConsumerMemberMessage.Builder message = ConsumerMemberMessage.newBuilder()
                .setMemberId(r.memberId())
                .setClientId(r.clientId())
                .setClientHost(r.clientHost())
                .setRebalanceTimeoutMs(r.rebalanceTimeoutMs())
                .addAllSubscribedTopics(new TreeSet<>(r.subscribedTopics()));
        r.groupInstanceId().ifPresent(message::setGroupInstanceId);
        r.rack().ifPresent(message::setRack);
        r.subscribedRegex().ifPresent(message::setSubscribedRegex);
        r.serverAssignor().ifPresent(message::setServerAssignor);
        r.classic()
                .ifPresent(classic -> message.setClassic(ClassicSideMessage.newBuilder()
                        .setSessionTimeoutMs(classic.sessionTimeoutMs())
                        .addAllProtocols(toMessages(classic.protocols()))));
        return message.build();
    }

    private static GroupRecord consumerMember(String group, ConsumerMemberMessage m) {
        return new GroupRecord.ConsumerMemberState(
                group,
                m.getMemberId(),
                m.hasGroupInstanceId() ? Optional.of(m.getGroupInstanceId()) : Optional.empty(),
                m.hasRack() ? Optional.of(m.getRack()) : Optional.empty(),
                m.getClientId(),
                m.getClientHost(),
                m.getRebalanceTimeoutMs(),
                sorted(m.getSubscribedTopicsList()),
                m.hasSubscribedRegex() ? Optional.of(m.getSubscribedRegex()) : Optional.empty(),
                m.hasServerAssignor() ? Optional.of(m.getServerAssignor()) : Optional.empty(),
                m.hasClassic()
                        ? Optional.of(new GroupRecord.ClassicSide(
                                m.getClassic().getSessionTimeoutMs(),
                                protocols(m.getClassic().getProtocolsList())))
                        : Optional.empty());
    }

    private static GroupRecord currentAssignment(String group, CurrentAssignmentMessage m) {
        return new GroupRecord.CurrentAssignment(
                group,
                m.getMemberId(),
                m.getMemberEpoch(),
                m.getPreviousMemberEpoch(),
                m.getState(),
                partitions(m.getAssignedList()),
                partitions(m.getRevokingList()));
    }

    private static List<ProtocolMessage> toMessages(List<GroupRequest.Protocol> protocols) {
        return protocols.stream()
                .map(protocol -> ProtocolMessage.newBuilder()
                        .setName(protocol.name())
                        .setMetadata(protocol.metadata())
                        .build())
                .toList();
    }

    private static List<GroupRequest.Protocol> protocols(List<ProtocolMessage> messages) {
        return messages.stream()
                .map(message -> new GroupRequest.Protocol(message.getName(), message.getMetadata()))
                .toList();
    }

    private static List<TopicPartitionsMessage> partitions(Map<UUID, Set<Integer>> partitions) {
        return new TreeMap<>(partitions)
                .entrySet().stream()
                        .map(topic -> TopicPartitionsMessage.newBuilder()
                                .setTopicId(CommandCodec.uuid(topic.getKey()))
                                .addAllPartitions(new TreeSet<>(topic.getValue()))
                                .build())
                        .toList();
    }

    private static Map<UUID, Set<Integer>> partitions(List<TopicPartitionsMessage> messages) {
        Map<UUID, Set<Integer>> partitions = new TreeMap<>();
        messages.forEach(
                topic -> partitions.put(CommandCodec.uuid(topic.getTopicId()), sorted(topic.getPartitionsList())));
        return Collections.unmodifiableMap(partitions);
    }

    private static <T extends Comparable<T>> Set<T> sorted(Collection<T> values) {
        return Collections.unmodifiableSet(new TreeSet<>(values));
    }
}
