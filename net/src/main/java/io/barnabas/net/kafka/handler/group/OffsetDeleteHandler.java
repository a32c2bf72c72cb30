package io.barnabas.net.kafka.handler.group;

import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.group.GroupRequest;
import io.barnabas.metadata.rules.group.GroupResponse;
import io.barnabas.metadata.rules.group.GroupResponse.TopicPartition;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.KafkaErrors;
import io.barnabas.net.kafka.RequestContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/** OffsetDelete: forgets a group's positions in topics that it no longer reads (KIP-496). */
public final class OffsetDeleteHandler implements ApiHandler<OffsetDeleteRequestData, OffsetDeleteResponseData> {

    private final Broker broker;
    private final Coordination coordination;

    public OffsetDeleteHandler(Broker broker) {
        this.broker = broker;
        this.coordination = new Coordination(broker);
    }

    @Override
    public CompletionStage<OffsetDeleteResponseData> handle(RequestContext context, OffsetDeleteRequestData request) {
        MetadataImage image = broker.quorum().image();
        Map<String, List<Integer>> known = new HashMap<>();
        for (OffsetDeleteRequestTopic topic : request.topics()) {
            List<Integer> partitions = topic.partitions().stream()
                    .map(OffsetDeleteRequestPartition::partitionIndex)
                    .filter(partition -> exists(image, topic.name(), partition))
                    .toList();
            if (!partitions.isEmpty()) {
                known.put(topic.name(), partitions);
            }
        }
        return coordination.ask(
                new GroupRequest.DeleteOffsets(request.groupId(), known),
                GroupResponse.OffsetsChanged.class,
                changed -> answer(
                        request,
                        (topic, partition) -> exists(image, topic, partition)
                                ? Optional.ofNullable(changed.errors().get(new TopicPartition(topic, partition)))
                                        .map(KafkaErrors::of)
                                        .orElse(Errors.NONE)
                                : Errors.UNKNOWN_TOPIC_OR_PARTITION),
                failed -> new OffsetDeleteResponseData()
                        .setErrorCode(KafkaErrors.of(failed.error()).code()));
    }

    private static boolean exists(MetadataImage image, String topic, int partition) {
        return image.topic(topic)
                .map(info -> partition >= 0 && partition < info.partitions().size())
                .orElse(false);
    }

    private static OffsetDeleteResponseData answer(
            OffsetDeleteRequestData request, BiFunction<String, Integer, Errors> outcome) {
        OffsetDeleteResponseData response = new OffsetDeleteResponseData();
        for (OffsetDeleteRequestTopic asked : request.topics()) {
            OffsetDeleteResponseTopic topic = new OffsetDeleteResponseTopic().setName(asked.name());
            for (OffsetDeleteRequestPartition partition : asked.partitions()) {
                topic.partitions()
                        .add(new OffsetDeleteResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(outcome.apply(asked.name(), partition.partitionIndex())
                                        .code()));
            }
            response.topics().add(topic);
        }
        return response;
    }
}
