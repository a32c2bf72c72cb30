package io.barnabas.net.kafka.handler.group;

import io.barnabas.metadata.rules.group.GroupRequest;
import io.barnabas.metadata.rules.group.GroupResponse.ConsumerHeartbeatDone;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.KafkaErrors;
import io.barnabas.net.kafka.RequestContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData.Assignment;
import org.apache.kafka.common.protocol.Errors;

/** ConsumerGroupHeartbeat: all that a member of a consumer group says and hears (KIP-848). */
public final class ConsumerGroupHeartbeatHandler
        implements ApiHandler<ConsumerGroupHeartbeatRequestData, ConsumerGroupHeartbeatResponseData> {

    private static final int FIRST_VERSION_WITH_CLIENT_IDS = 1;

    private final Coordination coordination;

    public ConsumerGroupHeartbeatHandler(Broker broker) {
        this.coordination = new Coordination(broker);
    }

    @Override
    public CompletionStage<ConsumerGroupHeartbeatResponseData> handle(
            RequestContext context, ConsumerGroupHeartbeatRequestData request) {
        if (request.groupId().isBlank()) {
            return refuse("the group id must not be empty");
        }
        if (context.apiVersion() >= FIRST_VERSION_WITH_CLIENT_IDS
                && request.memberId().isEmpty()) {
            return refuse("from version 1 on a member draws its own id (KIP-1082)");
        }
        GroupRequest.ConsumerHeartbeat heartbeat = new GroupRequest.ConsumerHeartbeat(
                request.groupId(),
                request.memberId(),
                request.memberEpoch(),
                Coordination.present(request.instanceId()),
                Coordination.present(request.rackId()),
                context.clientId() == null ? "" : context.clientId(),
                JoinGroupHandler.clientHost(context),
                request.rebalanceTimeoutMs() < 0 ? OptionalInt.empty() : OptionalInt.of(request.rebalanceTimeoutMs()),
                Optional.ofNullable(request.subscribedTopicNames()).map(Set::copyOf),
                Coordination.present(request.subscribedTopicRegex()),
                Coordination.present(request.serverAssignor()),
                Optional.ofNullable(request.topicPartitions()).map(ConsumerGroupHeartbeatHandler::owned));
        return coordination.ask(
                heartbeat,
                ConsumerHeartbeatDone.class,
                ConsumerGroupHeartbeatHandler::answer,
                failed -> new ConsumerGroupHeartbeatResponseData()
                        .setErrorCode(KafkaErrors.of(failed.error()).code())
                        .setErrorMessage(failed.message()));
    }

    private static CompletionStage<ConsumerGroupHeartbeatResponseData> refuse(String why) {
        return CompletableFuture.completedFuture(new ConsumerGroupHeartbeatResponseData()
                .setErrorCode(Errors.INVALID_REQUEST.code())
                .setErrorMessage(why));
    }

    private static Map<UUID, Set<Integer>> owned(List<TopicPartitions> topics) {
        Map<UUID, Set<Integer>> owned = new HashMap<>();
        for (TopicPartitions topic : topics) {
            UUID id = new UUID(
                    topic.topicId().getMostSignificantBits(), topic.topicId().getLeastSignificantBits());
            owned.put(id, Set.copyOf(topic.partitions()));
        }
        return owned;
    }

    private static ConsumerGroupHeartbeatResponseData answer(ConsumerHeartbeatDone done) {
        return new ConsumerGroupHeartbeatResponseData()
                .setMemberId(done.memberId())
                .setMemberEpoch(done.memberEpoch())
                .setHeartbeatIntervalMs(done.heartbeatIntervalMs())
                .setAssignment(done.assignment()
                        .map(ConsumerGroupHeartbeatHandler::assignment)
                        .orElse(null));
    }

    private static Assignment assignment(Map<UUID, Set<Integer>> partitions) {
        return new Assignment()
                .setTopicPartitions(partitions.entrySet().stream()
                        .map(topic -> new ConsumerGroupHeartbeatResponseData.TopicPartitions()
                                .setTopicId(new Uuid(
                                        topic.getKey().getMostSignificantBits(),
                                        topic.getKey().getLeastSignificantBits()))
                                .setPartitions(
                                        topic.getValue().stream().sorted().toList()))
                        .toList());
    }
}
