package io.barnabas.chaos.rules.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** Makes a plan of scenarios and a seed: the same one for the same arguments. */
public final class Schedule {

    /** So long nothing happens at first, while clients find their way. */
    private static final int CALM_MS = 2_000;

    /** A scenario of several gets no less. */
    private static final int LEAST_SLICE_MS = 20_000;

    /** So often another fault is drawn when one hits too many beside those that are active. */
    private static final int REDRAWS = 20;

    private final SplittableRandom random;
    private final Powers powers;
    private final List<Step> steps = new ArrayList<>();
    private long faults;

    private Schedule(long seed, Powers powers) {
        this.random = new SplittableRandom(seed);
        this.powers = powers;
    }

    /**
     * One scenario has the whole duration; several have equal slices of it, in an order that the seed chooses, and those
     * for which no slice of 20 s is left have no turn.
     *
     * @throws IllegalArgumentException when none of the scenarios is possible
     */
    public static Plan of(List<Scenario> wished, Powers powers, Duration duration, long seed) {
        Schedule schedule = new Schedule(seed, powers);
        List<String> leftOut = new ArrayList<>();
        List<Scenario> turns = new ArrayList<>();
        for (Scenario scenario : wished) {
            if (scenario.possibleWith(powers)) {
                turns.add(turns.isEmpty() ? 0 : schedule.random.nextInt(turns.size() + 1), scenario);
            } else {
                leftOut.add(scenario.name() + " (needs " + scenario.needs().words() + ")");
            }
        }
        if (turns.isEmpty()) {
            throw new IllegalArgumentException("no scenario is possible: " + String.join(", ", leftOut));
        }
        int lengthMs = Math.toIntExact(duration.toMillis());
        int room = Math.max(1, (lengthMs - CALM_MS) / LEAST_SLICE_MS);
        while (turns.size() > room) {
            leftOut.add(turns.removeLast().name() + " (no time)");
        }
        int sliceMs = (lengthMs - CALM_MS) / turns.size();
        for (int i = 0; i < turns.size(); i++) {
            schedule.fill(turns.get(i), CALM_MS + i * sliceMs, CALM_MS + (i + 1) * sliceMs);
        }
        schedule.steps.sort(Comparator.comparing(Step::at));
        return new Plan(
                schedule.steps, duration, turns.stream().map(Scenario::name).toList(), leftOut);
    }

    /** A fault that is under way. */
    private record Active(int untilMs, int hits) {}

    private void fill(Scenario scenario, int fromMs, int toMs) {
        List<Active> active = new ArrayList<>();
        // When each lane is free again.
        int[] free = new int[scenario.lanes()];
        Arrays.fill(free, fromMs);
        int most = scenario.mayHit().applyAsInt(powers.nodes());
        for (int turn = 0; ; turn++) {
            int lane = earliest(free);
            int begin = free[lane];
            int end = begin + scenario.hold().draw(random);
            if (end + scenario.quiet().fromMs() > toMs) {
                return;
            }
            active.removeIf(other -> other.untilMs() <= begin);
            int room = most - active.stream().mapToInt(Active::hits).sum();
            Fault fault = scenario.faults().next(random, powers, turn);
            for (int i = 0; i < REDRAWS && fault.hits(powers.nodes()) > room; i++) {
                fault = scenario.faults().next(random, powers, turn);
            }
            if (fault.hits(powers.nodes()) <= room) {
                long number = ++faults;
                boolean patient = scenario.lanes() == 1;
                steps.add(new Step.Begin(
                        Duration.ofMillis(begin), number, scenario.name(), fault, Duration.ofMillis(toMs), patient));
                steps.add(new Step.Heal(Duration.ofMillis(end), number));
                active.add(new Active(end, fault.hits(powers.nodes())));
            }
            free[lane] = end + scenario.quiet().draw(random);
        }
    }

    private static int earliest(int[] free) {
        int lane = 0;
        for (int i = 1; i < free.length; i++) {
            if (free[i] < free[lane]) {
                lane = i;
            }
        }
        return lane;
    }
}
