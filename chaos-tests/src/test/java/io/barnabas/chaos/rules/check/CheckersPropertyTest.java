package io.barnabas.chaos.rules.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.chaos.rules.Promises;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.RecordedHistory;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Random runs that keep all promises pass; with one thing changed, exactly the checkers that promise it object.
 * {@code -Dseed=N} repeats one run, {@code -Dseeds=N} makes as many.
 */
class CheckersPropertyTest {

    private static final int RUNS = 200;

    private final Map<Mutation, Integer> applied = new EnumMap<>(Mutation.class);

    @Test
    void aCleanRunPassesAndAMutationIsFoundByWhoPromisesIt() {
        String given = System.getProperty("seed", "").trim();
        long first = given.isEmpty() ? RandomGenerator.getDefault().nextLong(1L << 32) : Long.parseLong(given);
        int runs = Integer.getInteger("seeds", given.isEmpty() ? RUNS : 1);
        System.out.println("seeds " + first + " to " + (first + runs - 1) + " (replay one with -Dseed=N)");
        for (long seed = first; seed < first + runs; seed++) {
            run(seed);
        }
        if (runs >= RUNS) {
            assertThat(applied).containsOnlyKeys(Mutation.values());
        }
    }

    private void run(long seed) {
        List<Event> events = new ModelRun(new SplittableRandom(seed)).run();
        assertThat(examine(events).judgements().stream()
                        .flatMap(judgement -> Stream.concat(
                                judgement.violations().stream().map(Violation::what), judgement.undecided().stream())))
                .as("clean run of seed %d", seed)
                .isEmpty();
        for (Mutation mutation : Mutation.values()) {
            Optional<List<Event>> mutated = mutation.apply(events, new SplittableRandom(seed));
            if (mutated.isPresent()) {
                applied.merge(mutation, 1, Integer::sum);
                assertThat(objecting(examine(mutated.get())))
                        .as("%s in seed %d", mutation, seed)
                        .isEqualTo(mutation.promises());
            }
        }
    }

    private static Report examine(List<Event> events) {
        return Examination.of(
                new RecordedHistory(events),
                Promises.all(ModelRun.GRACE_NS, 100_000),
                new Unavailability(1_000_000_000L));
    }

    private static Set<String> objecting(Report report) {
        return report.judgements().stream()
                .filter(judgement -> judgement.broken() > 0)
                .map(Judgement::promise)
                .collect(Collectors.toSet());
    }
}
