package io.barnabas.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The group of partition commands. */
@Command(
        name = "partition",
        description = "Read, inspect, move and repair partitions.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            PartitionTailCommand.class,
            PartitionDescribeCommand.class,
            PartitionMoveCommand.class,
            PartitionMoveDirCommand.class,
            PartitionElectCommand.class,
            PartitionRepairCommand.class,
            PartitionRecoverCommand.class
        })
final class PartitionCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing required command");
    }
}
