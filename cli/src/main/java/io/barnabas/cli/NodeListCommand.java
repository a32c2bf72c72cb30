package io.barnabas.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists the nodes, those that do not answer too. */
@Command(
        name = "list",
        description = "List the nodes of the cluster, fenced ones too, and how many partitions each leads and holds.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas node list"})
final class NodeListCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private Output output;

    @Override
    public void run() {
        try (Admin admin = cluster.admin()) {
            ClusterReplicas replicas = new ClusterReplicas(cluster, admin);
            Collection<TopicPartitionInfo> partitions = replicas.partitions().values();
            List<Map<String, Object>> rows = new ArrayList<>();
            replicas.nodes().stream()
                    .sorted(Comparator.comparingInt(Node::id))
                    .forEach(node -> rows.add(row(node, partitions)));
            output.rows(spec.commandLine().getOut(), rows);
        }
    }

    private static Map<String, Object> row(Node node, Collection<TopicPartitionInfo> partitions) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", node.id());
        row.put("host", node.host());
        row.put("port", node.port());
        row.put("rack", node.rack() == null ? "-" : node.rack());
        row.put("state", node.isFenced() ? "fenced" : "live");
        row.put(
                "leads",
                partitions.stream()
                        .filter(partition ->
                                partition.leader() != null && partition.leader().id() == node.id())
                        .count());
        row.put(
                "replicas",
                partitions.stream()
                        .filter(partition ->
                                partition.replicas().stream().anyMatch(replica -> replica.id() == node.id()))
                        .count());
        return row;
    }
}
