package io.barnabas.cli;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Changes settings while everything runs. */
@Command(
        name = "set",
        description = {
            "Change settings of a topic or a node, all of those given or none.",
            "Most settings of a node are read when it starts: those stand in its node.properties."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas config set topic:orders retention.ms=86400000 cleanup.policy=delete"})
final class ConfigSetCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Parameters(
            index = "0",
            paramLabel = "TARGET",
            converter = ConfigTarget.Converter.class,
            description = "topic:NAME, node:ID, or nodes for the default of all nodes.")
    private ConfigTarget target;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "KEY=VALUE", description = "What to set.")
    private Map<String, String> settings;

    @Override
    public void run() {
        try (Admin admin = cluster.admin()) {
            new ConfigChange(settings, List.of()).apply(cluster, admin, target);
            settings.forEach((key, value) -> spec.commandLine().getOut().println(target + ": " + key + "=" + value));
        }
    }
}
