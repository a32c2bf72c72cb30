package io.barnabas.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The group of quorum commands. */
@Command(
        name = "quorum",
        description = "Start, stop and inspect a cluster, and say who votes in its metadata quorum.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            QuorumBootstrapCommand.class,
            QuorumStopCommand.class,
            QuorumStatusCommand.class,
            QuorumFormatCommand.class,
            QuorumAddVoterCommand.class,
            QuorumRemoveVoterCommand.class,
            QuorumTransferCommand.class
        })
final class QuorumCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing required command");
    }
}
