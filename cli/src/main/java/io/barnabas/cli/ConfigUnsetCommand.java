package io.barnabas.cli;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes back what was set. */
@Command(
        name = "unset",
        description = "Give settings of a topic or a node back to their defaults, all of those given or none.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas config unset topic:orders retention.ms"})
final class ConfigUnsetCommand implements Runnable {

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

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "KEY", description = "What to unset.")
    private List<String> keys;

    @Override
    public void run() {
        try (Admin admin = cluster.admin()) {
            new ConfigChange(Map.of(), keys).apply(cluster, admin, target);
            keys.forEach(key -> spec.commandLine().getOut().println(target + ": " + key + " is not set any more"));
        }
    }
}
