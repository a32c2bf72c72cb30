package io.barnabas.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Changes a topic: its settings first, then how many partitions it has. */
@Command(
        name = "alter",
        description = {
            "Change a topic's settings and the number of its partitions.",
            "Partitions only become more, and keys may map to other ones afterwards."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  barnabas topic alter orders --config retention.ms=86400000 --unset segment.bytes",
            "  barnabas topic alter orders --partitions 12"
        })
final class TopicAlterCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Parameters(paramLabel = "NAME", description = "The topic's name.")
    private String name;

    @ArgGroup(exclusive = false, multiplicity = "1")
    private Changes changes;

    /** What to change, at least one thing. */
    static final class Changes {

        @Option(names = "--partitions", paramLabel = "N", description = "How many partitions it shall have.")
        private Integer partitions;

        @Option(names = "--config", paramLabel = "KEY=VALUE", description = "A setting to set; may be repeated.")
        private Map<String, String> set = new HashMap<>();

        @Option(names = "--unset", paramLabel = "KEY", description = "A setting to unset; may be repeated.")
        private List<String> unset = new ArrayList<>();
    }

    @Override
    public void run() {
        try (Admin admin = cluster.admin()) {
            if (!changes.set.isEmpty() || !changes.unset.isEmpty()) {
                new ConfigChange(changes.set, changes.unset).apply(cluster, admin, ConfigTarget.parse("topic:" + name));
                changes.set.forEach((key, value) -> say(key + "=" + value));
                changes.unset.forEach(key -> say(key + " is not set any more"));
            }
            if (changes.partitions != null) {
                cluster.get(admin.createPartitions(Map.of(name, NewPartitions.increaseTo(changes.partitions)))
                        .all());
                say(changes.partitions + " partitions");
            }
        }
    }

    private void say(String what) {
        spec.commandLine().getOut().println("topic:" + name + ": " + what);
    }
}
