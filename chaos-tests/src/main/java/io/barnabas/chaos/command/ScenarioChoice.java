package io.barnabas.chaos.command;

import io.barnabas.chaos.rules.plan.Fault;
import io.barnabas.chaos.rules.plan.Scenario;
import io.barnabas.chaos.rules.plan.Scenarios;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The scenarios that were asked for.
 *
 * @param text as on the command line
 */
record ScenarioChoice(String text, List<Scenario> scenarios) {

    private static final String ALL = "all";

    /** Reads {@code all}, or names with commas between them. */
    static final class Converter implements ITypeConverter<ScenarioChoice> {
        @Override
        public ScenarioChoice convert(String text) {
            if (text.equals(ALL)) {
                // A replacement takes longer than the turns of a short run.
                return new ScenarioChoice(
                        text,
                        Scenarios.all().stream()
                                .filter(scenario -> scenario.needs() != Fault.Needs.SPARE)
                                .toList());
            }
            List<Scenario> scenarios = new ArrayList<>();
            for (String name : text.split(",", -1)) {
                scenarios.add(Scenarios.named(name.strip())
                        .orElseThrow(() -> new TypeConversionException(
                                "there is no scenario '" + name.strip() + "'; 'barnabas chaos list' shows all")));
            }
            return new ScenarioChoice(text, List.copyOf(scenarios));
        }
    }
}
