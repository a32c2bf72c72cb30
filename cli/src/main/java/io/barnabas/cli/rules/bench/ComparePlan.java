package io.barnabas.cli.rules.bench;

import java.util.ArrayList;
import java.util.List;

/** The order of a comparison: the systems take turns, A B A B, so that what drifts with time drifts for both. */
public final class ComparePlan {

    private ComparePlan() {}

    /**
     * One system's turn.
     *
     * @param round from 1
     */
    public record Turn(int round, String system) {}

    public static List<Turn> turns(int rounds, List<String> systems) {
        List<Turn> turns = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            for (String system : systems) {
                turns.add(new Turn(round, system));
            }
        }
        return turns;
    }
}
