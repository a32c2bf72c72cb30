package io.barnabas.net.kafka.handler;

import io.barnabas.log.PartitionReplica.OffsetQuery;
import io.barnabas.log.PartitionReplica.TimestampOffset;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** ListOffsets: the ends of a partition, and the first offset at or after a time. */
public final class ListOffsetsHandler implements ApiHandler<ListOffsetsRequestData, ListOffsetsResponseData> {

    private static final Logger LOG = LoggerFactory.getLogger(ListOffsetsHandler.class);

    /** Before this version a response that has an epoch cannot be written. */
    private static final int FIRST_VERSION_WITH_EPOCHS = 4;

    private static final long LATEST = -1;
    private static final long EARLIEST = -2;
    private static final long MAX_TIMESTAMP = -3;
    /** Nothing is tiered, so the local log is the whole log. */
    private static final long EARLIEST_LOCAL = -4;

    private static final long LATEST_TIERED = -5;
    /** The first offset not tiered yet (KIP-1023); without tiers it has no answer, which is no error. */
    private static final long EARLIEST_PENDING_UPLOAD = -6;

    private final Partitions partitions;

    public ListOffsetsHandler(Broker broker) {
        this.partitions = new Partitions(broker);
    }

    @Override
    public CompletionStage<ListOffsetsResponseData> handle(RequestContext context, ListOffsetsRequestData request) {
        ListOffsetsResponseData response = new ListOffsetsResponseData();
        List<CompletableFuture<?>> queries = new ArrayList<>();
        for (ListOffsetsTopic topic : request.topics()) {
            ListOffsetsTopicResponse answers = new ListOffsetsTopicResponse().setName(topic.name());
            response.topics().add(answers);
            for (ListOffsetsPartition partition : topic.partitions()) {
                ListOffsetsPartitionResponse answer =
                        new ListOffsetsPartitionResponse().setPartitionIndex(partition.partitionIndex());
                answers.partitions().add(answer);
                queries.add(query(context, topic.name(), partition, answer));
            }
        }
        return CompletableFuture.allOf(queries.toArray(CompletableFuture[]::new))
                .thenApply(done -> response);
    }

    private CompletableFuture<?> query(
            RequestContext context, String topic, ListOffsetsPartition partition, ListOffsetsPartitionResponse answer) {
        Partitions.Lookup lookup =
                partitions.leader(Uuid.ZERO_UUID, topic, partition.partitionIndex(), partition.currentLeaderEpoch());
        if (lookup instanceof Partitions.Lookup.Not not) {
            answer.setErrorCode(not.error().code());
            return CompletableFuture.completedFuture(null);
        }
        Partitions.Lookup.Led led = (Partitions.Lookup.Led) lookup;
        if (partition.timestamp() == LATEST_TIERED || partition.timestamp() == EARLIEST_PENDING_UPLOAD) {
            return CompletableFuture.completedFuture(null);
        }
        Optional<OffsetQuery> query = toQuery(partition.timestamp());
        if (query.isEmpty()) {
            answer.setErrorCode(Errors.UNSUPPORTED_VERSION.code());
            return CompletableFuture.completedFuture(null);
        }
        return led.replica()
                .offsetFor(query.get())
                .thenAccept(found -> fill(context, answer, found))
                .exceptionally(error -> {
                    LOG.warn("{}: looking up time {} failed", led.replica(), partition.timestamp(), error);
                    answer.setErrorCode(Errors.KAFKA_STORAGE_ERROR.code());
                    return null;
                });
    }

    private static void fill(RequestContext context, ListOffsetsPartitionResponse answer, TimestampOffset found) {
        answer.setOffset(found.offset()).setTimestamp(found.timestampMs());
        if (context.apiVersion() >= FIRST_VERSION_WITH_EPOCHS) {
            answer.setLeaderEpoch(found.leaderEpoch());
        }
    }

    private static Optional<OffsetQuery> toQuery(long timestamp) {
        if (timestamp == LATEST) {
            return Optional.of(new OffsetQuery.Latest());
        }
        if (timestamp == EARLIEST || timestamp == EARLIEST_LOCAL) {
            return Optional.of(new OffsetQuery.Earliest());
        }
        if (timestamp == MAX_TIMESTAMP) {
            return Optional.of(new OffsetQuery.MaxTimestamp());
        }
        return timestamp >= 0 ? Optional.of(new OffsetQuery.AtOrAfter(timestamp)) : Optional.empty();
    }
}
