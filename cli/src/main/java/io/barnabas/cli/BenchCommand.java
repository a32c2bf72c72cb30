package io.barnabas.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The group of measurements. */
@Command(
        name = "bench",
        description = "Measure a cluster, of Barnabas or of any other broker that speaks the Kafka protocol.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            BenchProduceCommand.class,
            BenchConsumeCommand.class,
            BenchEndToEndCommand.class,
            BenchFailoverCommand.class,
            BenchPartitionsCommand.class,
            BenchMixedCommand.class,
            BenchCompareCommand.class,
            BenchCommitsCommand.class,
            BenchRebalanceCommand.class,
            BenchCoordinatorCommand.class
        })
final class BenchCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing required command");
    }
}
