package io.barnabas.cli;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Deletes groups and what they have committed. */
@Command(
        name = "delete",
        description = "Delete groups that have no members, with all that they have committed.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas group delete billing-test"})
final class GroupDeleteCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Parameters(paramLabel = "GROUP", arity = "1..*", description = "The groups' ids.")
    private List<String> groups;

    @Override
    public void run() {
        int failed = 0;
        try (Admin admin = cluster.admin()) {
            Map<String, KafkaFuture<Void>> results =
                    admin.deleteConsumerGroups(groups).deletedGroups();
            for (String group : groups) {
                try {
                    cluster.get(results.get(group));
                    spec.commandLine().getOut().println("deleted " + group);
                } catch (CommandFailedException e) {
                    failed++;
                    spec.commandLine().getErr().println("barnabas: " + group + ": " + e.getMessage());
                }
            }
        }
        if (failed > 0) {
            throw new CommandFailedException(failed + " of " + groups.size() + " groups were not deleted");
        }
    }
}
