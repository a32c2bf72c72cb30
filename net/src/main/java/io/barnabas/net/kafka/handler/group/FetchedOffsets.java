package io.barnabas.net.kafka.handler.group;

import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.metadata.rules.group.GroupRecord.CommittedOffset;
import io.barnabas.metadata.rules.group.GroupResponse;
import io.barnabas.metadata.rules.group.GroupResponse.TopicPartition;
import io.barnabas.net.kafka.KafkaErrors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartition;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopic;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;

/** The answer to one group's OffsetFetch in the making: what was asked, what is committed, or why it is refused. */
final class FetchedOffsets {

    private static final long NOTHING_COMMITTED = -1;
    private static final int FIRST_VERSION_WITH_GROUP_ERROR = 2;

    private final MetadataImage image;
    private final OffsetFetchRequestGroup asked;
    private final boolean byId;
    private Map<TopicPartition, CommittedOffset> committed = Map.of();
    private Errors error = Errors.NONE;

    FetchedOffsets(MetadataImage image, OffsetFetchRequestGroup asked, boolean byId) {
        this.image = image;
        this.asked = asked;
        this.byId = byId;
    }

    private boolean wantsAll() {
        return asked.topics() == null;
    }

    /** The partitions asked for, by the names that offsets are kept under; empty for all there are. */
    Optional<Map<String, List<Integer>>> wanted() {
        if (wantsAll()) {
            return Optional.empty();
        }
        Map<String, List<Integer>> wanted = new HashMap<>();
        for (OffsetFetchRequestTopics topic : asked.topics()) {
            name(topic)
                    .ifPresent(name -> wanted.computeIfAbsent(name, first -> new ArrayList<>())
                            .addAll(topic.partitionIndexes()));
        }
        return Optional.of(wanted);
    }

    /** What the group has committed. */
    FetchedOffsets with(List<CommittedOffset> offsets) {
        committed = new HashMap<>();
        offsets.forEach(offset -> committed.put(new TopicPartition(offset.topic(), offset.partition()), offset));
        return this;
    }

    FetchedOffsets refused(GroupResponse.Failed failed) {
        error = KafkaErrors.of(failed.error());
        return this;
    }

    /** One of many groups. */
    OffsetFetchResponseGroup ofGroup() {
        OffsetFetchResponseGroup group = new OffsetFetchResponseGroup().setGroupId(asked.groupId());
        return error == Errors.NONE ? group.setTopics(topics()) : group.setErrorCode(error.code());
    }

    /** The only group of an older version; version 1 has no place for the error but the partitions. */
    OffsetFetchResponseData ofOneGroup(short version) {
        OffsetFetchResponseData response = new OffsetFetchResponseData();
        if (version >= FIRST_VERSION_WITH_GROUP_ERROR) {
            response.setErrorCode(error.code());
        }
        if (error != Errors.NONE && wantsAll()) {
            return response;
        }
        return response.setTopics(topics().stream()
                .map(topic -> new OffsetFetchResponseTopic()
                        .setName(topic.name())
                        .setPartitions(topic.partitions().stream()
                                .map(FetchedOffsets::older)
                                .toList()))
                .toList());
    }

    private static OffsetFetchResponsePartition older(OffsetFetchResponsePartitions partition) {
        return new OffsetFetchResponsePartition()
                .setPartitionIndex(partition.partitionIndex())
                .setCommittedOffset(partition.committedOffset())
                .setCommittedLeaderEpoch(partition.committedLeaderEpoch())
                .setMetadata(partition.metadata())
                .setErrorCode(partition.errorCode());
    }

    private List<OffsetFetchResponseTopics> topics() {
        return wantsAll() ? all() : asked.topics().stream().map(this::topic).toList();
    }

    private List<OffsetFetchResponseTopics> all() {
        Map<String, OffsetFetchResponseTopics> topics = new TreeMap<>();
        committed.forEach((partition, offset) -> topics.computeIfAbsent(partition.topic(), name -> named(offset))
                .partitions()
                .add(partition(partition.partition(), Optional.of(offset))));
        return List.copyOf(topics.values());
    }

    private OffsetFetchResponseTopics named(CommittedOffset offset) {
        UUID id = offset.topicId();
        return byId
                ? new OffsetFetchResponseTopics()
                        .setTopicId(new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits()))
                : new OffsetFetchResponseTopics().setName(offset.topic());
    }

    private OffsetFetchResponseTopics topic(OffsetFetchRequestTopics topic) {
        Optional<String> name = name(topic);
        return new OffsetFetchResponseTopics()
                .setName(topic.name())
                .setTopicId(topic.topicId())
                .setPartitions(topic.partitionIndexes().stream()
                        .map(index -> name.isPresent()
                                ? partition(
                                        index,
                                        Optional.ofNullable(committed.get(new TopicPartition(name.get(), index))))
                                : partition(index, Optional.empty()).setErrorCode(Errors.UNKNOWN_TOPIC_ID.code()))
                        .toList());
    }

    private Optional<String> name(OffsetFetchRequestTopics topic) {
        return byId
                ? image.topic(new UUID(
                                topic.topicId().getMostSignificantBits(),
                                topic.topicId().getLeastSignificantBits()))
                        .map(TopicInfo::name)
                : Optional.of(topic.name());
    }

    private OffsetFetchResponsePartitions partition(int index, Optional<CommittedOffset> offset) {
        return new OffsetFetchResponsePartitions()
                .setPartitionIndex(index)
                .setCommittedOffset(offset.map(CommittedOffset::offset).orElse(NOTHING_COMMITTED))
                .setCommittedLeaderEpoch(
                        offset.map(CommittedOffset::leaderEpoch).orElse(-1))
                .setMetadata(offset.map(CommittedOffset::metadata).orElse(""))
                .setErrorCode(error.code());
    }
}
