package io.barnabas.net.kafka.handler;

import io.barnabas.log.PartitionReplica;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchSnapshotRequestData;
import org.apache.kafka.common.message.FetchSnapshotResponseData;
import org.apache.kafka.common.message.FetchSnapshotResponseData.PartitionSnapshot;
import org.apache.kafka.common.message.FetchSnapshotResponseData.TopicSnapshot;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * FetchSnapshot: a partition leader's state without its records, for a replica that copies the log in bulk. KIP-630
 * made the call for Kafka's own metadata log. Here the state is small and of the moment: it comes in one piece, whatever
 * snapshot and position are asked for.
 */
public final class FetchSnapshotHandler implements ApiHandler<FetchSnapshotRequestData, FetchSnapshotResponseData> {

    private final Partitions partitions;

    public FetchSnapshotHandler(Broker broker) {
        this.partitions = new Partitions(broker);
    }

    @Override
    public CompletionStage<FetchSnapshotResponseData> handle(RequestContext context, FetchSnapshotRequestData request) {
        FetchSnapshotResponseData response = new FetchSnapshotResponseData();
        for (FetchSnapshotRequestData.TopicSnapshot topic : request.topics()) {
            TopicSnapshot answer = new TopicSnapshot().setName(topic.name());
            response.topics().add(answer);
            for (FetchSnapshotRequestData.PartitionSnapshot partition : topic.partitions()) {
                answer.partitions().add(snapshot(topic.name(), partition));
            }
        }
        return CompletableFuture.completedFuture(response);
    }

    private PartitionSnapshot snapshot(String topic, FetchSnapshotRequestData.PartitionSnapshot asked) {
        PartitionSnapshot answer =
                new PartitionSnapshot().setIndex(asked.partition()).setUnalignedRecords(MemoryRecords.EMPTY);
        return switch (partitions.leader(Uuid.ZERO_UUID, topic, asked.partition(), asked.currentLeaderEpoch())) {
            case Partitions.Lookup.Not not -> answer.setErrorCode(not.error().code());
            case Partitions.Lookup.Led led -> fill(answer, led.replica(), led.epoch());
        };
    }

    private static PartitionSnapshot fill(PartitionSnapshot answer, PartitionReplica replica, int epoch) {
        Optional<byte[]> state = replica.appliedState();
        if (state.isEmpty()) {
            return answer.setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code());
        }
        answer.snapshotId().setEndOffset(replica.offsets().highWatermark()).setEpoch(epoch);
        return answer.setSize(state.get().length)
                .setUnalignedRecords(MemoryRecords.readableRecords(ByteBuffer.wrap(state.get())));
    }
}
