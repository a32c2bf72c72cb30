package io.barnabas.metadata.rules;

import java.util.List;

/**
 * The last time that a partition was brought back after it had lost its majority. What was acknowledged and is not on the
 * chosen replica is gone. The partition has another Raft group since, so that replicas of before, when they come back,
 * cannot meddle.
 *
 * @param generation how many times it was brought back; tells the Raft groups apart
 * @param node the node whose replica was chosen
 * @param givenUp the replicas given up
 */
public record Recovery(int generation, int node, List<Integer> givenUp) {

    /** More generations have no room in a group's id. */
    public static final int MAX_GENERATION = 4_095;

    public Recovery {
        givenUp = List.copyOf(givenUp);
    }
}
