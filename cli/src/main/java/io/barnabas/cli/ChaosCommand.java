package io.barnabas.cli;

import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The group of chaos tests, whose commands another module brings. */
@Command(
        name = ChaosCommand.NAME,
        description = "Let faults befall a cluster under load, and check that every promise is kept.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Examples:", "  barnabas chaos run --duration 10m", "  barnabas chaos list"})
final class ChaosCommand implements Runnable {

    static final String NAME = "chaos";

    @Spec
    private CommandSpec spec;

    /** Adds the commands that are on the class path, if any, to those of the root. */
    static void addCommands(CommandLine root) {
        CommandLine chaos = root.getSubcommands().get(NAME);
        ServiceLoader.load(ChaosSubcommand.class).forEach(chaos::addSubcommand);
    }

    @Override
    public void run() {
        if (spec.subcommands().isEmpty()) {
            throw new CommandFailedException(
                    "the chaos tests are not part of this distribution; use barnabas from a checkout of its sources");
        }
        throw new ParameterException(spec.commandLine(), "Missing required command");
    }
}
