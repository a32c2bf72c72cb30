package io.barnabas.net.node;

import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.net.client.KafkaConnection;
import io.barnabas.net.client.ReplicaCondition;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopicCollection;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Asks nodes whether they run the replicas that are to join a group. Ratis mishandles what a leader sends to a division
 * that is just being started: it takes itself for a member, stands for election, and is told to shut down.
 */
record JoiningReplicas(int nodeId) {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** @throws IOException when one of the nodes does not run its replica yet, or does not answer */
    void require(MetadataImage image, String topic, int partition, Collection<Integer> nodes) throws IOException {
        for (int id : nodes) {
            NodeInfo node = image.node(id)
                    .filter(known -> !known.fenced())
                    .orElseThrow(() -> new IOException("node " + id + " is not live"));
            Optional<ReplicaCondition> condition = condition(node.listeners().getFirst(), topic, partition);
            if (condition.isEmpty()) {
                throw new IOException("node " + id + " does not run its replica yet");
            }
            if (condition.get().failure().isPresent()) {
                throw new IOException("the replica on node " + id + " has failed: "
                        + condition.get().failure().get());
            }
            if (condition.get().copy().isEmpty()) {
                throw new IOException("the replica on node " + id + " is still being started");
            }
        }
    }

    private Optional<ReplicaCondition> condition(Endpoint endpoint, String topic, int partition) throws IOException {
        DescribeLogDirsRequestData request = new DescribeLogDirsRequestData()
                .setTopics(new DescribableLogDirTopicCollection(
                        List.of(new DescribableLogDirTopic().setTopic(topic).setPartitions(List.of(partition)))
                                .iterator()));
        try (KafkaConnection connection =
                new KafkaConnection(endpoint.host(), endpoint.port(), "moves-of-node-" + nodeId, TIMEOUT)) {
            return connection
                    .call(
                            ApiKeys.DESCRIBE_LOG_DIRS,
                            ReplicaCondition.FIRST_VERSION,
                            request,
                            DescribeLogDirsResponseData.class)
                    .results()
                    .stream()
                    .flatMap(directory -> directory.topics().stream())
                    .flatMap(described -> described.partitions().stream())
                    .filter(described -> !described.isFutureKey())
                    .map(ReplicaCondition::of)
                    .findFirst();
        }
    }
}
