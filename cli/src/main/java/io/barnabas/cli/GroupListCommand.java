package io.barnabas.cli;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists groups. */
@Command(
        name = "list",
        description = "List groups: their kind, what they are for, and their state.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas group list"})
final class GroupListCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private Output output;

    @Override
    public void run() {
        try (Admin admin = cluster.admin()) {
            List<Map<String, Object>> rows = cluster.get(admin.listGroups().all()).stream()
                    .sorted(Comparator.comparing(GroupListing::groupId))
                    .map(GroupListCommand::row)
                    .toList();
            output.rows(spec.commandLine().getOut(), rows);
        }
    }

    private static Map<String, Object> row(GroupListing group) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("group", group.groupId());
        row.put("type", group.type().map(Object::toString).orElse("-"));
        row.put("protocol", group.protocol().isEmpty() ? "-" : group.protocol());
        row.put("state", group.groupState().map(Object::toString).orElse("-"));
        return row;
    }
}
