package io.barnabas.cli;

import java.util.Arrays;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The root of all commands, and the process' exit code: 0 done, 1 failed, 2 wrongly called. */
@Command(
        name = "barnabas",
        mixinStandardHelpOptions = true,
        versionProvider = Barnabas.Version.class,
        description = "A distributed log for every Kafka client, with nothing beside itself.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            QuorumCommand.class,
            NodeCommand.class,
            TopicCommand.class,
            ConfigCommand.class,
            ProduceCommand.class,
            ConsumeCommand.class,
            GroupCommand.class,
            PartitionCommand.class,
            LogCommand.class,
            BenchCommand.class,
            ChaosCommand.class,
            CompletionCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  barnabas demo",
            "  barnabas quorum bootstrap --local 3 --dir my-cluster",
            "  barnabas topic create orders --partitions 6 --replication-factor 3",
            "  barnabas partition tail orders:0 --from beginning"
        })
public final class Barnabas implements Runnable {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show the stack trace of a failure and the clients' log.")
    private boolean verbose;

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        if (Arrays.asList(arguments).contains("--verbose")) {
            System.setProperty("barnabas.log.level", "INFO");
        }
        CommandLine commandLine = commandLine();
        if (arguments.length > 0 && arguments[0].equals(ChaosCommand.NAME)) {
            ChaosCommand.addCommands(commandLine);
        }
        System.exit(commandLine.execute(arguments));
    }

    static CommandLine commandLine() {
        Barnabas root = new Barnabas();
        CommandLine commandLine = new CommandLine(root);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setParameterExceptionHandler((failure, arguments) -> {
            CommandLine command = failure.getCommandLine();
            command.getErr().println(command.getColorScheme().errorText("barnabas: " + failure.getMessage()));
            UnmatchedArgumentException.printSuggestions(failure, command.getErr());
            command.getErr().println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
            return CommandLine.ExitCode.USAGE;
        });
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println(command.getColorScheme().errorText("barnabas: " + Failures.line(failure)));
            if (root.verbose) {
                failure.printStackTrace(command.getErr());
            }
            return CommandLine.ExitCode.SOFTWARE;
        });
        return commandLine;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing required command");
    }

    /** The version of the jar that this class came in. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Barnabas.class.getPackage().getImplementationVersion();
            return new String[] {"barnabas " + (version == null ? "(not packaged)" : version)};
        }
    }

    /** Shell completion for bash and zsh. */
    static String completionScript() {
        CommandLine commandLine = commandLine();
        ChaosCommand.addCommands(commandLine);
        return AutoComplete.bash("barnabas", commandLine);
    }
}
