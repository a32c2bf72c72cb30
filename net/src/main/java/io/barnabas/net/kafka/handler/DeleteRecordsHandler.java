package io.barnabas.net.kafka.handler;

import io.barnabas.log.PartitionReplica;
import io.barnabas.log.TrimOutcome;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.KafkaErrors;
import io.barnabas.net.kafka.RequestContext;
import io.barnabas.net.kafka.TopicConfigs;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.protocol.Errors;

/** DeleteRecords: gives up the beginning of partitions, on every replica (KIP-107). */
public final class DeleteRecordsHandler implements ApiHandler<DeleteRecordsRequestData, DeleteRecordsResponseData> {

    private static final long UNKNOWN_OFFSET = -1;

    private final Broker broker;
    private final Partitions partitions;

    public DeleteRecordsHandler(Broker broker) {
        this.broker = broker;
        this.partitions = new Partitions(broker);
    }

    @Override
    public CompletionStage<DeleteRecordsResponseData> handle(RequestContext context, DeleteRecordsRequestData request) {
        DeleteRecordsResponseData response = new DeleteRecordsResponseData();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (DeleteRecordsTopic topic : request.topics()) {
            DeleteRecordsTopicResult result = new DeleteRecordsTopicResult().setName(topic.name());
            response.topics().add(result);
            for (DeleteRecordsPartition partition : topic.partitions()) {
                DeleteRecordsPartitionResult answer =
                        new DeleteRecordsPartitionResult().setPartitionIndex(partition.partitionIndex());
                result.partitions().add(answer);
                answers.add(delete(topic.name(), partition.offset(), answer, request.timeoutMs()));
            }
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> response);
    }

    private CompletableFuture<?> delete(String topic, long offset, DeleteRecordsPartitionResult answer, int timeoutMs) {
        return switch (partitions.leader(Uuid.ZERO_UUID, topic, answer.partitionIndex(), -1)) {
            case Partitions.Lookup.Not not -> {
                fill(answer, not.error(), UNKNOWN_OFFSET);
                yield CompletableFuture.completedFuture(null);
            }
            case Partitions.Lookup.Led led
            when !keepsByAge(led.topic()) -> {
                fill(answer, Errors.POLICY_VIOLATION, UNKNOWN_OFFSET);
                yield CompletableFuture.completedFuture(null);
            }
            case Partitions.Lookup.Led led ->
                trim(led.replica(), offset)
                        .completeOnTimeout(null, timeoutMs, TimeUnit.MILLISECONDS)
                        .thenAccept(outcome -> fill(answer, outcome));
        };
    }

    /** A log that is only compacted keeps the newest record of each key for good. */
    private boolean keepsByAge(TopicInfo topic) {
        return TopicConfigs.resolve(topic.configs(), broker.settings().effective())
                .retention()
                .enabled();
    }

    private static CompletableFuture<TrimOutcome> trim(PartitionReplica replica, long offset) {
        return offset < 0 && offset != PartitionReplica.HIGH_WATERMARK
                ? CompletableFuture.completedFuture(
                        new TrimOutcome.OutOfRange(replica.offsets().highWatermark()))
                : replica.trimTo(offset).copy();
    }

    private static void fill(DeleteRecordsPartitionResult answer, TrimOutcome outcome) {
        switch (outcome) {
            case TrimOutcome.Trimmed trimmed -> fill(answer, Errors.NONE, trimmed.logStartOffset());
            case TrimOutcome.OutOfRange outside -> fill(answer, Errors.OFFSET_OUT_OF_RANGE, UNKNOWN_OFFSET);
            case TrimOutcome.Refused refused -> fill(answer, KafkaErrors.of(refused.reason()), UNKNOWN_OFFSET);
            case null -> fill(answer, Errors.REQUEST_TIMED_OUT, UNKNOWN_OFFSET);
        }
    }

    private static void fill(DeleteRecordsPartitionResult answer, Errors error, long lowWatermark) {
        answer.setErrorCode(error.code()).setLowWatermark(lowWatermark);
    }
}
