package io.barnabas.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The group of node commands. */
@Command(
        name = "node",
        description = "Run and inspect nodes.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            NodeStartCommand.class,
            NodeListCommand.class,
            NodeDescribeCommand.class,
            NodeLogDirsCommand.class,
            NodeDrainCommand.class,
            NodeDecommissionCommand.class
        })
final class NodeCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing required command");
    }
}
