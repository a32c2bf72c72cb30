package io.barnabas.chaos.rules.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every plan, whatever the seed. */
class ScheduleTest {

    private static final int SEEDS = 200;
    private static final Set<Fault.Needs> EVERYTHING = Set.of(Fault.Needs.values());
    private static final Duration LONG = Duration.ofMinutes(10);

    static List<Scenario> scenarios() {
        return Scenarios.all();
    }

    private static long firstSeed() {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? new SplittableRandom().nextInt() : Long.parseLong(given);
        System.out.println("seed " + seed);
        return seed;
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void everyFaultThatBeginsIsHealedAndTheCeilingHolds(Scenario scenario) {
        long first = firstSeed();
        for (long seed = first; seed < first + SEEDS; seed++) {
            for (int nodes : new int[] {3, 5}) {
                Powers powers = new Powers(nodes, EVERYTHING);
                check(Schedule.of(List.of(scenario), powers, LONG, seed), scenario, powers, "seed " + seed);
            }
        }
    }

    private static void check(Plan plan, Scenario scenario, Powers powers, String run) {
        Map<Long, Integer> active = new HashMap<>();
        Set<Long> begun = new HashSet<>();
        Duration last = Duration.ZERO;
        int most = scenario.mayHit().applyAsInt(powers.nodes());
        for (Step step : plan.steps()) {
            assertThat(step.at()).as(run).isBetween(last, plan.length());
            last = step.at();
            switch (step) {
                case Step.Begin begin -> {
                    assertThat(begun.add(begin.fault())).as(run).isTrue();
                    active.put(begin.fault(), begin.what().hits(powers.nodes()));
                    assertThat(active).as(run).hasSizeLessThanOrEqualTo(scenario.lanes());
                    assertThat(active.values().stream()
                                    .mapToInt(Integer::intValue)
                                    .sum())
                            .as(run)
                            .isLessThanOrEqualTo(most);
                }
                case Step.Heal heal ->
                    assertThat(active.remove(heal.fault())).as(run).isNotNull();
            }
        }
        assertThat(active).as(run).isEmpty();
        // In ten minutes there is room for many.
        assertThat(begun).as(run).hasSizeGreaterThan(20);
    }

    @Test
    void theSameSeedMakesTheSamePlanAndAnotherAnother() {
        Powers powers = new Powers(3, EVERYTHING);
        long seed = firstSeed();

        Plan plan = Schedule.of(Scenarios.all(), powers, LONG, seed);

        assertThat(Schedule.of(Scenarios.all(), powers, LONG, seed)).isEqualTo(plan);
        assertThat(Schedule.of(Scenarios.all(), powers, LONG, seed + 1)).isNotEqualTo(plan);
    }

    @Test
    void inAllEveryScenarioHasItsTurnWhenThereIsTimeForIt() {
        Plan plan = Schedule.of(Scenarios.all(), new Powers(3, EVERYTHING), LONG, firstSeed());

        assertThat(plan.leftOut()).isEmpty();
        assertThat(plan.steps().stream()
                        .filter(step -> step instanceof Step.Begin)
                        .map(step -> ((Step.Begin) step).scenario()))
                .containsAll(Scenarios.all().stream().map(Scenario::name).toList());
    }

    @Test
    void whatIsNotPossibleOrHasNoTimeIsLeftOutAndSaidSo() {
        Powers loopback = new Powers(3, Set.of());
        Plan plan = Schedule.of(Scenarios.all(), loopback, Duration.ofMinutes(2), firstSeed());

        assertThat(plan.leftOut()).anySatisfy(line -> assertThat(line).startsWith("bridge (needs network namespaces"));
        assertThat(plan.leftOut()).anySatisfy(line -> assertThat(line).endsWith("(no time)"));
        assertThat(plan.scenarios()).hasSize(5);
        assertThat(plan.steps().stream()
                        .filter(step -> step instanceof Step.Begin)
                        .map(step -> ((Step.Begin) step).what().needs()))
                .containsOnly(Fault.Needs.NOTHING);
        assertThatThrownBy(() -> Schedule.of(
                        List.of(Scenarios.named("bridge").orElseThrow()), loopback, Duration.ofMinutes(2), 1))
                .hasMessageContaining("bridge (needs network namespaces");
    }

    @Test
    void aStormOverlaps() {
        Plan plan = Schedule.of(
                List.of(Scenarios.named("storm").orElseThrow()), new Powers(5, EVERYTHING), LONG, firstSeed());

        int active = 0;
        int most = 0;
        for (Step step : plan.steps()) {
            active += step instanceof Step.Begin ? 1 : -1;
            most = Math.max(most, active);
        }
        assertThat(most).isEqualTo(3);
    }
}
