package io.barnabas.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows one node: endpoint, disk, settings. */
@Command(
        name = "describe",
        description = "Show a node's endpoint, disk use and settings.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas node describe 1 --all"})
final class NodeDescribeCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private Output output;

    @Parameters(paramLabel = "ID", description = "The node's id.")
    private int id;

    @Option(names = "--all", description = "Show settings that have their default, too.")
    private boolean all;

    @Override
    public void run() {
        try (Admin admin = cluster.admin()) {
            Node node = cluster
                    .get(admin.describeCluster(new DescribeClusterOptions().includeFencedBrokers(true))
                            .nodes())
                    .stream()
                    .filter(candidate -> candidate.id() == id)
                    .findFirst()
                    .orElseThrow(() -> new CommandFailedException(
                            "no node has the id " + id + "; 'barnabas node list' shows those that there are"));
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("id", id);
            fields.put("endpoint", node.host() + ":" + node.port());
            fields.put("rack", node.rack() == null ? "-" : node.rack());
            fields.put("state", node.isFenced() ? "fenced" : "live");
            if (!node.isFenced()) {
                describeDisk(admin, fields);
                describeConfigs(admin, fields);
            }
            output.one(spec.commandLine().getOut(), fields);
        }
    }

    private void describeDisk(Admin admin, Map<String, Object> fields) {
        Map<String, LogDirDescription> directories =
                cluster.get(admin.describeLogDirs(List.of(id)).descriptions().get(id));
        List<ReplicaInfo> replicas = directories.values().stream()
                .flatMap(directory -> directory.replicaInfos().values().stream())
                .filter(replica -> !replica.isFuture())
                .toList();
        fields.put("directory", String.join(",", directories.keySet()));
        fields.put("replicas", replicas.size());
        fields.put("bytes", replicas.stream().mapToLong(ReplicaInfo::size).sum());
    }

    private void describeConfigs(Admin admin, Map<String, Object> fields) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(id));
        Config configs =
                cluster.get(admin.describeConfigs(List.of(resource)).values().get(resource));
        for (ConfigEntry entry : configs.entries()) {
            if (all || entry.source() != ConfigEntry.ConfigSource.DEFAULT_CONFIG) {
                fields.put(entry.name(), entry.value());
            }
        }
    }
}
