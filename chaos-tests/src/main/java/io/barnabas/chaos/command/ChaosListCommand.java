package io.barnabas.chaos.command;

import io.barnabas.chaos.rules.plan.Fault;
import io.barnabas.chaos.rules.plan.Scenario;
import io.barnabas.chaos.rules.plan.Scenarios;
import io.barnabas.cli.ChaosSubcommand;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists the scenarios. */
@Command(
        name = "list",
        description = "List the scenarios and what each does.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas chaos list"})
public final class ChaosListCommand implements ChaosSubcommand {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        int width = Scenarios.all().stream()
                .mapToInt(scenario -> scenario.name().length())
                .max()
                .orElse(0);
        for (Scenario scenario : Scenarios.all()) {
            out.println(scenario.name()
                    + " ".repeat(width - scenario.name().length() + 2)
                    + scenario.does()
                    + (alwaysMet(scenario.needs())
                            ? ""
                            : " (needs " + scenario.needs().words() + ")"));
        }
        return 0;
    }

    private static boolean alwaysMet(Fault.Needs needs) {
        return needs == Fault.Needs.NOTHING || needs == Fault.Needs.SPARE;
    }
}
