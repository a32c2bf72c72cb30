package io.barnabas.net.kafka.handler;

import io.barnabas.log.PartitionReplica;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.io.File;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;

/** DescribeLogDirs: what the replicas of this node take on its disk. */
public final class DescribeLogDirsHandler
        implements ApiHandler<DescribeLogDirsRequestData, DescribeLogDirsResponseData> {

    private final Broker broker;

    public DescribeLogDirsHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public CompletionStage<DescribeLogDirsResponseData> handle(
            RequestContext context, DescribeLogDirsRequestData request) {
        File disk = broker.settings().logDir().toFile();
        DescribeLogDirsResult result = new DescribeLogDirsResult()
                .setLogDir(disk.getPath())
                .setTotalBytes(disk.getTotalSpace())
                .setUsableBytes(disk.getUsableSpace());
        Map<String, DescribeLogDirsTopic> topics = new TreeMap<>();
        for (PartitionReplica replica : broker.partitions().replicas()) {
            if (wanted(request, replica)) {
                topics.computeIfAbsent(replica.topic(), name -> new DescribeLogDirsTopic().setName(name))
                        .partitions()
                        .add(describe(replica));
            }
        }
        result.topics().addAll(topics.values());
        DescribeLogDirsResponseData response = new DescribeLogDirsResponseData();
        response.results().add(result);
        return CompletableFuture.completedFuture(response);
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
    private static DescribeLogDirsPartition describe(PartitionReplica replica) {
        PartitionReplica.Offsets offsets = replica.offsets();
        return new DescribeLogDirsPartition()
                .setPartitionIndex(replica.partition())
                .setPartitionSize(replica.status().sizeInBytes())
                .setOffsetLag(offsets.logEndOffset() - offsets.highWatermark());
    }
}
