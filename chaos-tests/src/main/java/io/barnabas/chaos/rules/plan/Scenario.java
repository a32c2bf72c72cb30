package io.barnabas.chaos.rules.plan;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;

/**
 * A kind of misfortune.
 *
 * @param name on the command line
 * @param does what it does, in a few words
 * @param needs what a cluster must have for any of it
 * @param lanes how many faults may be active together
 * @param mayHit how many of N nodes may be hit together
 * @param hold how long a fault lasts
 * @param quiet how long nothing happens after it
 * @param faults where they come from
 */
public record Scenario(
        String name,
        String does,
        Fault.Needs needs,
        int lanes,
        IntUnaryOperator mayHit,
        Span hold,
        Span quiet,
        Source faults) {

    /** A length of time between two, both included, in milliseconds. */
    public record Span(int fromMs, int toMs) {

        int draw(SplittableRandom random) {
            return random.nextInt(fromMs, toMs + 1);
        }
    }

    /** Gives the next fault. */
    @FunctionalInterface
    public interface Source {

        /** @param turn how many this scenario has had in the run */
        Fault next(SplittableRandom random, Powers powers, int turn);
    }

    /** Whether it comes in that cluster. */
    public boolean possibleWith(Powers powers) {
        return powers.meet(needs);
    }

    /** One of several sources at each turn. */
    static Source anyOf(List<Source> sources) {
        return (random, powers, turn) ->
                sources.get(random.nextInt(sources.size())).next(random, powers, turn);
    }
}
