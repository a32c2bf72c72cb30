package io.barnabas.cli;

import io.barnabas.net.client.KafkaConnection;
import io.barnabas.net.client.ReplicaCondition;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** What nodes say of a topic's replicas beyond what {@code Admin} passes on: failures, and copies under way. */
final class ReplicaConditions {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private ReplicaConditions() {}

    /** By partition, of the replicas on one node; empty when it does not answer. */
    static Map<Integer, ReplicaCondition> of(String topic, List<Integer> partitions, Node node) {
        DescribeLogDirsRequestData request = new DescribeLogDirsRequestData();
        request.setTopics(new DescribeLogDirsRequestData.DescribableLogDirTopicCollection(
                List.of(new DescribableLogDirTopic().setTopic(topic).setPartitions(partitions))
                        .iterator()));
        Map<Integer, ReplicaCondition> conditions = new HashMap<>();
        try (KafkaConnection connection = new KafkaConnection(node.host(), node.port(), "barnabas-cli", TIMEOUT)) {
            connection
                    .call(
                            ApiKeys.DESCRIBE_LOG_DIRS,
                            ReplicaCondition.FIRST_VERSION,
                            request,
                            DescribeLogDirsResponseData.class)
                    .results()
                    .forEach(directory -> directory
                            .topics()
                            .forEach(described -> described.partitions().forEach(partition -> {
                                if (!partition.isFutureKey()) {
                                    conditions.put(partition.partitionIndex(), ReplicaCondition.of(partition));
                                }
                            })));
        } catch (IOException e) {
            return Map.of();
        }
        return conditions;
    }
}
