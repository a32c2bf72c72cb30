package io.barnabas.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.Node;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists the nodes, those that do not answer too. */
@Command(
        name = "list",
        description = "List the nodes of the cluster, fenced ones too.",
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
            List<Map<String, Object>> rows = new ArrayList<>();
            cluster
                    .get(admin.describeCluster(new DescribeClusterOptions().includeFencedBrokers(true))
                            .nodes())
                    .stream()
                    .sorted(Comparator.comparingInt(Node::id))
                    .forEach(node -> {
                        Map<String, Object> row = new LinkedHashMap<>();
                        row.put("id", node.id());
                        row.put("host", node.host());
                        row.put("port", node.port());
                        row.put("rack", node.rack() == null ? "-" : node.rack());
                        row.put("state", node.isFenced() ? "fenced" : "live");
                        rows.add(row);
                    });
            output.rows(spec.commandLine().getOut(), rows);
        }
    }
}
