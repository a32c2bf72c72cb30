package io.barnabas.log.rules.rest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which of a node's idle partitions go to rest: all that have been idle for long, and of the others, while the node has
 * more replicas awake than it should, those that have been idle the longest.
 *
 * @param idleMs after how long any partition rests
 * @param awakeMax how many replicas may be awake on the node
 */
public record RestChoice(long idleMs, int awakeMax) {

    /** A partition that was written to more recently stays awake in any case; it would be woken again the next moment. */
    public static final long SHORTEST_IDLE_MS = 5_000;

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
            boolean crowded = awake - chosen.size() > awakeMax;
            if (next.idleMs() < (crowded ? Math.min(SHORTEST_IDLE_MS, idleMs) : idleMs)) {
                break;
            }
            chosen.add(next.partition());
        }
        return chosen;
    }
}
