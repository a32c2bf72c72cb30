package io.barnabas.cli;

import io.barnabas.net.client.ReplicaCondition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows partitions: leader, offsets, and size and lag of each replica. */
@Command(
        name = "describe",
        description = {
            "Show leader, offsets, and each replica's size and lag.",
            "A replica's lag is what it holds but has not yet seen committed, in records."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas partition describe orders:0"})
final class PartitionDescribeCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private Output output;

    @Parameters(
            paramLabel = "TOPIC[:P]",
            converter = PartitionRef.Converter.class,
            description = "A topic, or one partition of it.")
    private PartitionRef wanted;

    @Override
    public void run() {
        try (Admin admin = cluster.admin()) {
            TopicDescription topic = cluster.get(admin.describeTopics(List.of(wanted.topic()))
                    .topicNameValues()
                    .get(wanted.topic()));
            List<TopicPartitionInfo> partitions = topic.partitions().stream()
                    .filter(partition ->
                            wanted.partition().isEmpty() || wanted.partition().getAsInt() == partition.partition())
                    .toList();
            if (partitions.isEmpty()) {
                throw new CommandFailedException("topic '" + wanted.topic() + "' has partitions 0 to "
                        + (topic.partitions().size() - 1));
            }
            Map<Integer, Map<TopicPartition, ReplicaInfo>> replicas = replicas(admin, partitions);
            Map<Integer, Map<Integer, ReplicaCondition>> conditions = conditions(partitions);
            List<Map<String, Object>> rows = new ArrayList<>();
            for (TopicPartitionInfo partition : partitions) {
                rows.addAll(rows(admin, partition, replicas, conditions));
            }
            output.rows(spec.commandLine().getOut(), rows);
        }
    }

    private Map<Integer, Map<TopicPartition, ReplicaInfo>> replicas(Admin admin, List<TopicPartitionInfo> partitions) {
        Set<Integer> live = cluster.get(admin.describeCluster().nodes()).stream()
                .map(Node::id)
                .collect(Collectors.toSet());
        live.retainAll(partitions.stream()
                .flatMap(partition -> partition.replicas().stream())
                .map(Node::id)
                .toList());
        Map<Integer, Map<TopicPartition, ReplicaInfo>> replicas = new HashMap<>();
        admin.describeLogDirs(live).descriptions().forEach((node, answer) -> {
            Map<TopicPartition, ReplicaInfo> of = new HashMap<>();
            Collection<LogDirDescription> directories = cluster.get(answer).values();
            directories.stream()
                    .filter(directory -> directory.error() == null)
                    .forEach(directory -> directory.replicaInfos().forEach((partition, info) -> {
                        if (!info.isFuture()) {
                            of.put(partition, info);
                        }
                    }));
            replicas.put(node, of);
        });
        return replicas;
    }

    private Map<Integer, Map<Integer, ReplicaCondition>> conditions(List<TopicPartitionInfo> partitions) {
        List<Integer> numbers =
                partitions.stream().map(TopicPartitionInfo::partition).toList();
        return partitions.stream()
                .flatMap(partition -> partition.replicas().stream())
                .filter(node -> !node.isEmpty())
                .distinct()
                .collect(Collectors.toMap(Node::id, node -> ReplicaConditions.of(wanted.topic(), numbers, node)));
    }

    private static String state(ReplicaCondition condition) {
        if (condition.failure().isPresent()) {
            return "failed";
        }
        return condition.copy().isPresent() ? "copying" : "live";
    }

    private static String note(ReplicaCondition condition) {
        return condition
                .failure()
                .or(() -> condition.copy().map(copy -> "offset " + copy.offset() + " of " + copy.targetOffset()))
                .orElse("-");
    }

    private List<Map<String, Object>> rows(
            Admin admin,
            TopicPartitionInfo partition,
            Map<Integer, Map<TopicPartition, ReplicaInfo>> replicas,
            Map<Integer, Map<Integer, ReplicaCondition>> conditions) {
        TopicPartition id = new TopicPartition(wanted.topic(), partition.partition());
        boolean led = partition.leader() != null && !partition.leader().isEmpty();
        Object start = "unknown";
        Object end = "unknown";
        Object epoch = "unknown";
        if (led) {
            start = cluster.get(
                            admin.listOffsets(Map.of(id, OffsetSpec.earliest())).partitionResult(id))
                    .offset();
            var latest = cluster.get(
                    admin.listOffsets(Map.of(id, OffsetSpec.latest())).partitionResult(id));
            end = latest.offset();
            epoch = latest.leaderEpoch().map(Object.class::cast).orElse("-");
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Node replica : partition.replicas()) {
            ReplicaInfo info = replicas.getOrDefault(replica.id(), Map.of()).get(id);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("partition", partition.partition());
            row.put("node", replica.id());
            row.put("role", led && partition.leader().id() == replica.id() ? "leader" : "follower");
            Optional<ReplicaCondition> condition = Optional.ofNullable(
                    conditions.getOrDefault(replica.id(), Map.of()).get(partition.partition()));
            row.put(
                    "state",
                    info == null
                            ? "offline"
                            : condition.map(PartitionDescribeCommand::state).orElse("live"));
            row.put("epoch", epoch);
            row.put("start", start);
            row.put("end", end);
            row.put("bytes", info == null ? "-" : info.size());
            row.put("lag", info == null ? "-" : info.offsetLag());
            row.put("note", condition.map(PartitionDescribeCommand::note).orElse("-"));
            rows.add(row);
        }
        return rows;
    }
}
