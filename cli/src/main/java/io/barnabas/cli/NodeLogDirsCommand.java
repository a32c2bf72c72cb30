package io.barnabas.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.common.Node;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the log directories of nodes. */
@Command(
        name = "log-dirs",
        description = {
            "Show the log directories of nodes: condition, space, replicas.",
            "A replica that moves stands in its new directory, too, as 'moving', with the bytes that are there."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  barnabas node log-dirs", "  barnabas node log-dirs 1 --replicas"})
final class NodeLogDirsCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private Output output;

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Node ids (default: every live node).")
    private List<Integer> ids = List.of();

    @Option(names = "--replicas", description = "Show each replica.")
    private boolean replicas;

    @Override
    public void run() {
        try (Admin admin = cluster.admin()) {
            Collection<Integer> nodes = ids.isEmpty()
                    ? cluster.get(admin.describeCluster().nodes()).stream()
                            .map(Node::id)
                            .sorted()
                            .toList()
                    : ids;
            List<Map<String, Object>> rows = new ArrayList<>();
            new TreeMap<>(admin.describeLogDirs(nodes).descriptions())
                    .forEach((node, answer) -> cluster.get(answer).forEach((path, directory) -> {
                        if (replicas) {
                            rows.addAll(replicas(node, path, directory));
                        } else {
                            rows.add(row(node, path, directory));
                        }
                    }));
            output.rows(spec.commandLine().getOut(), rows);
        }
    }

    private static Map<String, Object> row(int node, String path, LogDirDescription directory) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("node", node);
        row.put("directory", path);
        row.put("state", directory.error() == null ? "online" : "offline");
        row.put("replicas", directory.replicaInfos().size());
        row.put(
                "bytes",
                directory.replicaInfos().values().stream()
                        .mapToLong(ReplicaInfo::size)
                        .sum());
        row.put("usable", shown(directory.usableBytes()));
        row.put("total", shown(directory.totalBytes()));
        return row;
    }

    private static Object shown(OptionalLong bytes) {
        return bytes.isPresent() ? bytes.getAsLong() : "-";
    }

    private static List<Map<String, Object>> replicas(int node, String path, LogDirDescription directory) {
        List<Map<String, Object>> rows = new ArrayList<>();
        directory.replicaInfos().forEach((partition, info) -> {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("node", node);
            row.put("directory", path);
            row.put("partition", partition.topic() + ":" + partition.partition());
            row.put("state", directory.error() != null ? "offline" : info.isFuture() ? "moving" : "here");
            row.put("bytes", info.size());
            row.put("lag", info.offsetLag());
            rows.add(row);
        });
        rows.sort((a, b) ->
                a.get("partition").toString().compareTo(b.get("partition").toString()));
        return rows;
    }
}
