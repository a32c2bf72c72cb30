package io.barnabas.net.kafka.handler.group;

import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.metadata.rules.group.GroupError;
import io.barnabas.metadata.rules.group.GroupRequest;
import io.barnabas.metadata.rules.group.GroupRequest.OffsetToCommit;
import io.barnabas.metadata.rules.group.GroupResponse;
import io.barnabas.metadata.rules.group.GroupResponse.TopicPartition;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.KafkaErrors;
import io.barnabas.net.kafka.RequestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/** OffsetCommit: remembers a group's positions. Topics go by id from version 10 on (KIP-848). */
public final class OffsetCommitHandler implements ApiHandler<OffsetCommitRequestData, OffsetCommitResponseData> {

    private static final int FIRST_VERSION_BY_ID = 10;
    private static final int FIRST_VERSION_WITH_MEMBER_EPOCH = 9;

    private final Broker broker;
    private final Coordination coordination;

    public OffsetCommitHandler(Broker broker) {
        this.broker = broker;
        this.coordination = new Coordination(broker);
    }

    @Override
    public CompletionStage<OffsetCommitResponseData> handle(RequestContext context, OffsetCommitRequestData request) {
        List<Asked> asked = resolve(context, request);
        List<OffsetToCommit> known =
                asked.stream().flatMap(one -> one.known().stream()).toList();
        if (known.isEmpty()) {
            return CompletableFuture.completedFuture(answer(asked, offset -> Errors.NONE));
        }
        GroupRequest.CommitOffsets commit = new GroupRequest.CommitOffsets(
                request.groupId(),
                request.memberId(),
                Coordination.present(request.groupInstanceId()),
                request.generationIdOrMemberEpoch(),
                request.retentionTimeMs() < 0 ? Optional.empty() : Optional.of(request.retentionTimeMs()),
                known);
        return coordination.ask(
                commit,
                GroupResponse.OffsetsChanged.class,
                changed -> answer(
                        asked,
                        offset -> Optional.ofNullable(
                                        changed.errors().get(new TopicPartition(offset.topic(), offset.partition())))
                                .map(KafkaErrors::of)
                                .orElse(Errors.NONE)),
                failed -> {
                    Errors error = error(context, failed.error());
                    return answer(asked, offset -> error);
                });
    }

    /** Clients from before KIP-848 do not know the codes that came with it. */
    private static Errors error(RequestContext context, GroupError error) {
        if (context.apiVersion() >= FIRST_VERSION_WITH_MEMBER_EPOCH) {
            return KafkaErrors.of(error);
        }
        return switch (error) {
            case GROUP_ID_NOT_FOUND -> Errors.ILLEGAL_GENERATION;
            case STALE_MEMBER_EPOCH -> Errors.UNSUPPORTED_VERSION;
            default -> KafkaErrors.of(error);
        };
    }

    /** A partition as asked, and what of it can be committed; nothing where {@code error} says why. */
    private record Asked(OffsetCommitRequestTopic topic, int partition, Errors error, Optional<OffsetToCommit> known) {}

    private List<Asked> resolve(RequestContext context, OffsetCommitRequestData request) {
        MetadataImage image = broker.quorum().image();
        boolean byId = context.apiVersion() >= FIRST_VERSION_BY_ID;
        List<Asked> asked = new ArrayList<>();
        for (OffsetCommitRequestTopic topic : request.topics()) {
            Optional<TopicInfo> found = byId ? image.topic(uuid(topic.topicId())) : image.topic(topic.name());
            Errors unknownTopic = byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
            for (OffsetCommitRequestPartition partition : topic.partitions()) {
                int index = partition.partitionIndex();
                Errors error = found.map(
                                info -> index >= 0 && index < info.partitions().size()
                                        ? Errors.NONE
                                        : Errors.UNKNOWN_TOPIC_OR_PARTITION)
                        .orElse(unknownTopic);
                asked.add(new Asked(
                        topic,
                        index,
                        error,
                        error == Errors.NONE ? found.map(info -> offset(info, partition)) : Optional.empty()));
            }
        }
        return asked;
    }

    private static UUID uuid(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    private static OffsetToCommit offset(TopicInfo topic, OffsetCommitRequestPartition partition) {
        return new OffsetToCommit(
                topic.id(),
                topic.name(),
                partition.partitionIndex(),
                partition.committedOffset(),
                partition.committedLeaderEpoch(),
                partition.committedMetadata() == null ? "" : partition.committedMetadata());
    }

    private static OffsetCommitResponseData answer(List<Asked> asked, Function<OffsetToCommit, Errors> outcome) {
        OffsetCommitResponseData response = new OffsetCommitResponseData();
        OffsetCommitRequestTopic last = null;
        OffsetCommitResponseTopic topic = null;
        for (Asked one : asked) {
            if (one.topic() != last) {
                last = one.topic();
                topic = new OffsetCommitResponseTopic().setName(last.name()).setTopicId(last.topicId());
                response.topics().add(topic);
            }
            topic.partitions()
                    .add(new OffsetCommitResponsePartition()
                            .setPartitionIndex(one.partition())
                            .setErrorCode(
                                    one.known().map(outcome).orElse(one.error()).code()));
        }
        return response;
    }
}
