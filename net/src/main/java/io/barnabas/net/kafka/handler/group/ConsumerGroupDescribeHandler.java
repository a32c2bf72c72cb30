package io.barnabas.net.kafka.handler.group;

import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.metadata.rules.group.GroupRequest;
import io.barnabas.metadata.rules.group.GroupResponse.ConsumerDescription;
import io.barnabas.metadata.rules.group.GroupResponse.ConsumerMember;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.KafkaErrors;
import io.barnabas.net.kafka.RequestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Assignment;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Member;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.TopicPartitions;

/** ConsumerGroupDescribe: groups whose coordinator assigns (KIP-848). */
public final class ConsumerGroupDescribeHandler
        implements ApiHandler<ConsumerGroupDescribeRequestData, ConsumerGroupDescribeResponseData> {

    private static final byte CLASSIC_MEMBER = 0;
    private static final byte CONSUMER_MEMBER = 1;

    private final Broker broker;
    private final Coordination coordination;

    public ConsumerGroupDescribeHandler(Broker broker) {
        this.broker = broker;
        this.coordination = new Coordination(broker);
    }

    @Override
    public CompletionStage<ConsumerGroupDescribeResponseData> handle(
            RequestContext context, ConsumerGroupDescribeRequestData request) {
        List<CompletableFuture<DescribedGroup>> groups = request.groupIds().stream()
                .map(group -> coordination.ask(
                        new GroupRequest.DescribeConsumer(group),
                        ConsumerDescription.class,
                        this::described,
                        failed -> new DescribedGroup()
                                .setGroupId(group)
                                .setErrorCode(KafkaErrors.of(failed.error()).code())
                                .setErrorMessage(failed.message())))
                .toList();
        return Coordination.all(groups).thenApply(done -> new ConsumerGroupDescribeResponseData().setGroups(done));
    }

    private DescribedGroup described(ConsumerDescription group) {
        MetadataImage image = broker.quorum().image();
        return new DescribedGroup()
                .setGroupId(group.group())
                .setGroupState(group.state())
                .setGroupEpoch(group.groupEpoch())
                .setAssignmentEpoch(group.assignmentEpoch())
                .setAssignorName(group.assignor())
                .setMembers(group.members().stream()
                        .map(member -> member(image, member))
                        .toList());
    }

    private static Member member(MetadataImage image, ConsumerMember member) {
        return new Member()
                .setMemberId(member.memberId())
                .setInstanceId(member.groupInstanceId().orElse(null))
                .setRackId(member.rack().orElse(null))
                .setMemberEpoch(member.memberEpoch())
                .setClientId(member.clientId())
                .setClientHost(member.clientHost())
                .setSubscribedTopicNames(
                        member.subscribedTopics().stream().sorted().toList())
                .setSubscribedTopicRegex(member.subscribedRegex().orElse(null))
                .setAssignment(assignment(image, member.assignment()))
                .setTargetAssignment(assignment(image, member.targetAssignment()))
                .setMemberType(member.classic() ? CLASSIC_MEMBER : CONSUMER_MEMBER);
    }

    /** A topic that is gone has no name to show. */
    private static Assignment assignment(MetadataImage image, Map<UUID, Set<Integer>> partitions) {
        List<TopicPartitions> topics = new ArrayList<>();
        partitions.forEach((id, indexes) -> {
            Optional<TopicInfo> topic = image.topic(id);
            topic.ifPresent(known -> topics.add(new TopicPartitions()
                    .setTopicId(new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits()))
                    .setTopicName(known.name())
                    .setPartitions(indexes.stream().sorted().toList())));
        });
        return new Assignment().setTopicPartitions(topics);
    }
}
