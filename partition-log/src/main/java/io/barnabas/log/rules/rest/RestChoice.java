package io.barnabas.log.rules.rest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which of a node's idle partitions go to rest: the more replicas are awake, the less long they may have been idle. Each
 * that is awake takes processor time for nothing, about as much in a minute as it takes to wake one up. Few may wait for
 * their next write as long as they like; of many, those with a write every minute are the ones worth keeping.
 *
 * @param idleMs after how long any partition rests; with more than a tenth of {@code awakeMax} awake sooner, in
 *     proportion
 * @param awakeMax with more replicas awake on the node, the longest idle rest after {@link #SHORTEST_IDLE_MS} already
 */
public record RestChoice(long idleMs, int awakeMax) {

    /** A partition that was written to more recently stays awake in any case; it would be woken again the next moment. */
    public static final long SHORTEST_IDLE_MS = 5_000;

    private static final int FEW_OF_MAX = 10;

    /**
     * A partition led here.
     *
     * @param idleMs for how long it has been idle
     */
    public record Idle<T>(T partition, long idleMs) {}

    /**
     * Chooses.
     *
     * @param led the partitions that the node leads and that are awake
     * @param awake how many replicas are awake on the node, led here or not
     * @return those to rest, the longest idle first
     */
    public <T> List<T> choose(List<Idle<T>> led, int awake) {
        List<Idle<T>> longestFirst = new ArrayList<>(led);
        longestFirst.sort(Comparator.<Idle<T>>comparingLong(Idle::idleMs).reversed());
        List<T> chosen = new ArrayList<>();
        for (Idle<T> next : longestFirst) {
            if (next.idleMs() < patienceMs(awake - chosen.size())) {
                break;
            }
            chosen.add(next.partition());
        }
        return chosen;
    }

    private long patienceMs(int awake) {
        long shortest = Math.min(SHORTEST_IDLE_MS, idleMs);
        if (awake > awakeMax) {
            return shortest;
        }
        int few = Math.max(awakeMax / FEW_OF_MAX, 1);
        return awake <= few ? idleMs : Math.max(idleMs / awake * few, shortest);
    }
}
