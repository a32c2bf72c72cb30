package io.barnabas.net.kafka.handler;

import io.barnabas.log.PartitionReplica;
import io.barnabas.log.ReplicaStatus;
import io.barnabas.log.directory.LogDirectoryStatus;
import io.barnabas.log.directory.ReplicaMoveStatus;
import io.barnabas.net.client.ReplicaCondition;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.Errors;

/** DescribeLogDirs: the node's log directories and what its replicas take there. */
public final class DescribeLogDirsHandler
        implements ApiHandler<DescribeLogDirsRequestData, DescribeLogDirsResponseData> {

    private final Broker broker;

    public DescribeLogDirsHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public CompletionStage<DescribeLogDirsResponseData> handle(
            RequestContext context, DescribeLogDirsRequestData request) {
        Map<Path, DescribeLogDirsResult> results = new LinkedHashMap<>();
        for (LogDirectoryStatus directory : broker.partitions().directories()) {
            results.put(
                    directory.path(),
                    new DescribeLogDirsResult()
                            .setErrorCode(errorOf(directory).code())
                            .setLogDir(directory.path().toString())
                            .setTotalBytes(directory.totalBytes())
                            .setUsableBytes(directory.usableBytes()));
        }
        for (PartitionReplica replica : broker.partitions().replicas()) {
            if (wanted(request, replica)) {
                broker.partitions()
                        .directoryOf(replica.groupId())
                        .map(results::get)
                        .ifPresent(result -> add(result, replica, describe(replica, context.apiVersion())));
            }
        }
        for (ReplicaMoveStatus move : broker.partitions().moves()) {
            broker.partitions()
                    .replica(move.groupId())
                    .filter(replica -> wanted(request, replica))
                    .ifPresent(replica -> add(results.get(move.target()), replica, describe(replica, move)));
        }
        DescribeLogDirsResponseData response = new DescribeLogDirsResponseData();
        response.results().addAll(results.values());
        return CompletableFuture.completedFuture(response);
    }

    private static Errors errorOf(LogDirectoryStatus directory) {
        return directory.offline().isPresent() ? Errors.KAFKA_STORAGE_ERROR : Errors.NONE;
    }

    private static void add(
            DescribeLogDirsResult result, PartitionReplica replica, DescribeLogDirsPartition described) {
        DescribeLogDirsTopic topic = result.topics().stream()
                .filter(present -> present.name().equals(replica.topic()))
                .findFirst()
                .orElseGet(() -> {
                    DescribeLogDirsTopic added = new DescribeLogDirsTopic().setName(replica.topic());
                    result.topics().add(added);
                    return added;
                });
        topic.partitions().add(described);
    }

    private static boolean wanted(DescribeLogDirsRequestData request, PartitionReplica replica) {
        if (request.topics() == null) {
            return true;
        }
        DescribableLogDirTopic topic = request.topics().find(replica.topic());
        return topic != null && topic.partitions().contains(replica.partition());
    }

    /**
     * The lag is what the replica holds and may not show yet: its log end offset less the high watermark it knows.
     * What it has not received at all only the leader knows, and no response of Kafka's has room for that.
     */
    private static DescribeLogDirsPartition describe(PartitionReplica replica, int version) {
        PartitionReplica.Offsets offsets = replica.offsets();
        ReplicaStatus status = replica.status();
        DescribeLogDirsPartition described = new DescribeLogDirsPartition()
                .setPartitionIndex(replica.partition())
                .setPartitionSize(status.sizeInBytes())
                .setOffsetLag(offsets.logEndOffset() - offsets.highWatermark());
        new ReplicaCondition(
                        status.failure(),
                        status.catchUp()
                                .map(copy -> new ReplicaCondition.Copy(
                                        copy.fromOffset(), copy.offset(), copy.targetOffset(), copy.bytes())),
                        end(replica))
                .addTo(described, version);
        return described;
    }

    private static Optional<ReplicaCondition.End> end(PartitionReplica replica) {
        OptionalInt epoch = replica.latestEpoch();
        return epoch.isEmpty()
                ? Optional.empty()
                : Optional.of(new ReplicaCondition.End(
                        epoch.getAsInt(), replica.offsets().logEndOffset()));
    }

    /** The copy of a replica that moves (KIP-113): its lag is how far it is behind the replica. */
    private static DescribeLogDirsPartition describe(PartitionReplica replica, ReplicaMoveStatus move) {
        return new DescribeLogDirsPartition()
                .setPartitionIndex(replica.partition())
                .setPartitionSize(move.copiedBytes())
                .setOffsetLag(Math.max(0, replica.offsets().logEndOffset() - move.copiedOffset()))
                .setIsFutureKey(true);
    }
}
