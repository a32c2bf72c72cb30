package io.barnabas.cli;

import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Deletes topics with all their records. */
@Command(
        name = "delete",
        description = "Delete topics with all their records.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas topic delete orders"})
final class TopicDeleteCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The topics' names.")
    private List<String> names;

    @Override
    public void run() {
        try (Admin admin = cluster.admin()) {
            cluster.get(admin.deleteTopics(names).all());
            spec.commandLine().getOut().println("Deleted " + String.join(", ", names));
        }
    }
}
