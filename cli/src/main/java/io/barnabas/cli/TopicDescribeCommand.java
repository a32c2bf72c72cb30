package io.barnabas.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows one topic: settings, partitions, leaders. */
@Command(
        name = "describe",
        description = "Show a topic's settings, partitions and leaders.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas topic describe orders"})
final class TopicDescribeCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private Output output;

    @Parameters(paramLabel = "NAME", description = "The topic's name.")
    private String name;

    @Override
    public void run() {
        try (Admin admin = cluster.admin()) {
            TopicDescription topic = cluster.get(
                    admin.describeTopics(List.of(name)).topicNameValues().get(name));
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
            Config configs = cluster.get(
                    admin.describeConfigs(List.of(resource)).values().get(resource));
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", name);
            fields.put("id", topic.topicId().toString());
            fields.put("configs", overrides(configs));
            if (output.format() == Output.Format.JSON) {
                fields.put("partitions", partitions(topic));
                output.one(spec.commandLine().getOut(), fields);
            } else {
                output.one(spec.commandLine().getOut(), fields);
                spec.commandLine().getOut().println();
                output.rows(spec.commandLine().getOut(), partitions(topic));
            }
        }
    }

    private static Map<String, String> overrides(Config configs) {
        Map<String, String> set = new TreeMap<>();
        configs.entries().stream()
                .filter(entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
                .forEach(entry -> set.put(entry.name(), entry.value()));
        return set;
    }

    private static List<Map<String, Object>> partitions(TopicDescription topic) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (TopicPartitionInfo partition : topic.partitions()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("partition", partition.partition());
            row.put(
                    "leader",
                    partition.leader() == null ? "none" : partition.leader().idString());
            row.put("replicas", partition.replicas().stream().map(Node::id).toList());
            row.put("in sync", partition.isr().stream().map(Node::id).toList());
            rows.add(row);
        }
        return rows;
    }
}
