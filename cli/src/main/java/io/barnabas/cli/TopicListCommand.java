package io.barnabas.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists all topics. */
@Command(
        name = "list",
        description = "List all topics.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas topic list --output json"})
final class TopicListCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private Output output;

    @Override
    public void run() {
        try (Admin admin = cluster.admin()) {
            Map<String, TopicDescription> topics = new TreeMap<>(cluster.get(
                    admin.describeTopics(cluster.get(admin.listTopics().names()))
                            .allTopicNames()));
            List<Map<String, Object>> rows = new ArrayList<>();
            topics.forEach((name, topic) -> {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("name", name);
                row.put("partitions", topic.partitions().size());
                row.put(
                        "replicationFactor",
                        topic.partitions().getFirst().replicas().size());
                row.put("id", topic.topicId().toString());
                rows.add(row);
            });
            output.rows(spec.commandLine().getOut(), rows);
        }
    }
}
