package io.barnabas.cli;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/** Every partition of a cluster, and every node. */
final class ClusterReplicas {

    private final ClusterClient cluster;
    private final Admin admin;

    ClusterReplicas(ClusterClient cluster, Admin admin) {
        this.cluster = cluster;
        this.admin = admin;
    }

    Map<TopicPartition, TopicPartitionInfo> partitions() {
        Set<String> topics = cluster.get(admin.listTopics().names());
        Map<TopicPartition, TopicPartitionInfo> partitions = new HashMap<>();
        cluster.get(admin.describeTopics(topics).allTopicNames())
                .forEach((name, topic) -> topic.partitions()
                        .forEach(partition ->
                                partitions.put(new TopicPartition(name, partition.partition()), partition)));
        return partitions;
    }

    /** The nodes, fenced ones too. */
    Collection<Node> nodes() {
        return cluster.get(admin.describeCluster(new DescribeClusterOptions().includeFencedBrokers(true))
                .nodes());
    }

    /** The node of that id. */
    Node node(int id) {
        return nodes().stream()
                .filter(node -> node.id() == id)
                .findFirst()
                .orElseThrow(() -> new CommandFailedException(
                        "there is no node " + id + "; 'barnabas node list' shows the nodes"));
    }
}
