package io.barnabas.chaos.rules.plan;

import java.time.Duration;
import java.util.List;

/**
 * Everything that befalls a cluster in a run.
 *
 * @param steps by their times; each fault that begins is healed by a later step
 * @param length all of it, with a time of quiet at the end
 * @param scenarios that had their turn, by name
 * @param leftOut those that were wished for and had none, by name, with the reason
 */
public record Plan(List<Step> steps, Duration length, List<String> scenarios, List<String> leftOut) {

    public Plan {
        steps = List.copyOf(steps);
        scenarios = List.copyOf(scenarios);
        leftOut = List.copyOf(leftOut);
    }
}
