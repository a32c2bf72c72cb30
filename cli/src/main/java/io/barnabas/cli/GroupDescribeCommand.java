package io.barnabas.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ClassicGroupDescription;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows one group: state, coordinator, members and what they read. */
@Command(
        name = "describe",
        description = "Show a group's state and coordinator, its members and the partitions they have.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas group describe billing"})
final class GroupDescribeCommand implements Runnable {

    private static final String CONSUMER = "consumer";

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private Output output;

    @Parameters(paramLabel = "GROUP", description = "The group's id.")
    private String group;

    @Override
    public void run() {
        try (Admin admin = cluster.admin()) {
            String protocol = cluster.get(admin.listGroups().all()).stream()
                    .filter(listed -> listed.groupId().equals(group))
                    .findFirst()
                    .orElseThrow(() -> new CommandFailedException(
                            "there is no group '" + group + "'; 'barnabas group list' shows all"))
                    .protocol();
            Map<String, Object> fields;
            Collection<MemberDescription> members;
            if (protocol.isEmpty() || protocol.equals(CONSUMER)) {
                ConsumerGroupDescription description = cluster.get(admin.describeConsumerGroups(List.of(group))
                        .describedGroups()
                        .get(group));
                fields = fields(description);
                members = description.members();
            } else {
                ClassicGroupDescription description = cluster.get(admin.describeClassicGroups(List.of(group))
                        .describedGroups()
                        .get(group));
                fields = fields(description);
                members = description.members();
            }
            show(fields, rows(members));
        }
    }

    private void show(Map<String, Object> fields, List<Map<String, Object>> members) {
        if (output.format() == Output.Format.JSON) {
            fields.put("members", members);
            output.one(spec.commandLine().getOut(), fields);
        } else {
            output.one(spec.commandLine().getOut(), fields);
            spec.commandLine().getOut().println();
            output.rows(spec.commandLine().getOut(), members);
        }
    }

    private Map<String, Object> fields(ConsumerGroupDescription description) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("group", group);
        fields.put("type", description.type().toString());
        fields.put("state", description.groupState().toString());
        fields.put("assignor", orDash(description.partitionAssignor()));
        fields.put("coordinator", node(description.coordinator()));
        description.groupEpoch().ifPresent(epoch -> fields.put("epoch", epoch));
        description.targetAssignmentEpoch().ifPresent(epoch -> fields.put("assignmentEpoch", epoch));
        return fields;
    }

    private Map<String, Object> fields(ClassicGroupDescription description) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("group", group);
        fields.put("type", "Classic");
        fields.put("state", description.state().toString());
        fields.put("protocol", orDash(description.protocol()));
        fields.put("coordinator", node(description.coordinator()));
        return fields;
    }

    private static List<Map<String, Object>> rows(Collection<MemberDescription> members) {
        List<Map<String, Object>> rows = new ArrayList<>();
        members.stream()
                .sorted(Comparator.comparing(MemberDescription::consumerId))
                .forEach(member -> {
                    Map<String, Object> row = new LinkedHashMap<>();
                    row.put("member", member.consumerId());
                    row.put("instance", member.groupInstanceId().orElse("-"));
                    row.put("client", member.clientId());
                    row.put("host", member.host());
                    row.put("partitions", partitions(member.assignment().topicPartitions()));
                    rows.add(row);
                });
        return rows;
    }

    /** As {@code orders:0,1,2 flights:5}. */
    private static String partitions(Collection<TopicPartition> partitions) {
        Map<String, TreeSet<Integer>> byTopic = new TreeMap<>();
        partitions.forEach(partition -> byTopic.computeIfAbsent(partition.topic(), topic -> new TreeSet<>())
                .add(partition.partition()));
        List<String> texts = new ArrayList<>();
        byTopic.forEach((topic, numbers) -> texts.add(topic + ":"
                + String.join(",", numbers.stream().map(String::valueOf).toList())));
        return texts.isEmpty() ? "-" : String.join(" ", texts);
    }

    private static String node(Node node) {
        return node == null || node.isEmpty() ? "none" : node.id() + " (" + node.host() + ":" + node.port() + ")";
    }

    private static String orDash(String text) {
        return text == null || text.isEmpty() ? "-" : text;
    }
}
