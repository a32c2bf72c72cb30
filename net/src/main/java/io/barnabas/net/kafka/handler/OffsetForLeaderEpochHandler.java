package io.barnabas.net.kafka.handler;

import io.barnabas.log.PartitionReplica.EpochEnd;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;

/** OffsetForLeaderEpoch: where an epoch ended, so that a client finds out whether its log was cut (KIP-320). */
public final class OffsetForLeaderEpochHandler
        implements ApiHandler<OffsetForLeaderEpochRequestData, OffsetForLeaderEpochResponseData> {

    private final Partitions partitions;

    public OffsetForLeaderEpochHandler(Broker broker) {
        this.partitions = new Partitions(broker);
    }

    @Override
    public CompletionStage<OffsetForLeaderEpochResponseData> handle(
            RequestContext context, OffsetForLeaderEpochRequestData request) {
        OffsetForLeaderEpochResponseData response = new OffsetForLeaderEpochResponseData();
        for (OffsetForLeaderTopic topic : request.topics()) {
            OffsetForLeaderTopicResult result = new OffsetForLeaderTopicResult().setTopic(topic.topic());
            response.topics().add(result);
            for (OffsetForLeaderPartition partition : topic.partitions()) {
                result.partitions().add(answer(topic.topic(), partition));
            }
        }
        return CompletableFuture.completedFuture(response);
    }

    private EpochEndOffset answer(String topic, OffsetForLeaderPartition partition) {
        EpochEndOffset answer = new EpochEndOffset().setPartition(partition.partition());
        return switch (partitions.leader(
                Uuid.ZERO_UUID, topic, partition.partition(), partition.currentLeaderEpoch())) {
            case Partitions.Lookup.Not not -> answer.setErrorCode(not.error().code());
            case Partitions.Lookup.Led led -> {
                EpochEnd end = led.replica().endOf(partition.leaderEpoch());
                yield answer.setLeaderEpoch(end.leaderEpoch()).setEndOffset(end.endOffset());
            }
        };
    }
}
