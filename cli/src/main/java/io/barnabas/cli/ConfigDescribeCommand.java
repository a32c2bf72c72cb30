package io.barnabas.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows settings and where each comes from. */
@Command(
        name = "describe",
        description = "Show settings, and where each comes from.",
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  barnabas config describe topic:orders", "  barnabas config describe node:1 --all"
        })
final class ConfigDescribeCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private Output output;

    @Parameters(
            paramLabel = "TARGET",
            converter = ConfigTarget.Converter.class,
            description = "topic:NAME, node:ID, or nodes for the default of all nodes.")
    private ConfigTarget target;

    @Option(names = "--all", description = "Show settings that have their default, too.")
    private boolean all;

    @Override
    public void run() {
        try (Admin admin = cluster.admin()) {
            Config config = cluster.get(
                    admin.describeConfigs(List.of(target.resource())).values().get(target.resource()));
            List<Map<String, Object>> rows = new ArrayList<>();
            config.entries().stream()
                    .filter(entry -> all || entry.source() != ConfigEntry.ConfigSource.DEFAULT_CONFIG)
                    .sorted(Comparator.comparing(ConfigEntry::name))
                    .forEach(entry -> rows.add(row(entry)));
            output.rows(spec.commandLine().getOut(), rows);
        }
    }

    private static Map<String, Object> row(ConfigEntry entry) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("key", entry.name());
        row.put("value", entry.value() == null ? "-" : entry.value());
        row.put("source", source(entry.source()));
        return row;
    }

    private static String source(ConfigEntry.ConfigSource source) {
        return switch (source) {
            case DYNAMIC_TOPIC_CONFIG -> "topic";
            case DYNAMIC_BROKER_CONFIG -> "node";
            case DYNAMIC_DEFAULT_BROKER_CONFIG -> "nodes";
            case STATIC_BROKER_CONFIG -> "node.properties";
            case DEFAULT_CONFIG -> "default";
            default -> source.name().toLowerCase(Locale.ROOT);
        };
    }
}
