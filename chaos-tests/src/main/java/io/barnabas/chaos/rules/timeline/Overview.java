package io.barnabas.chaos.rules.timeline;

import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.History;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * When a run was, and its faults.
 *
 * @param started what the run is; missing when the history does not say
 * @param beginNs its first event, in nanoseconds of the history
 * @param endNs its last event
 * @param faults in the order of their beginnings
 */
public record Overview(Optional<Event.RunStarted> started, long beginNs, long endNs, List<Fault> faults) {

    public Overview {
        faults = List.copyOf(faults);
    }

    /**
     * A fault from its cause to its end.
     *
     * @param targets what it hit
     * @param toNs the end of the run when the fault was not healed
     */
    public record Fault(String kind, List<String> targets, long fromNs, long toNs, boolean isHealed) {

        /** Its kind and what it hit. */
        public String label() {
            return targets.isEmpty() ? kind : kind + " " + String.join(", ", targets);
        }
    }

    /** Goes through the history once. */
    public static Overview of(History history) {
        Optional<Event.RunStarted> started = Optional.empty();
        Map<Long, Event.FaultBegin> active = new LinkedHashMap<>();
        Map<Long, Fault> faults = new LinkedHashMap<>();
        long begin = 0;
        long end = 0;
        boolean isFirst = true;
        for (Event event : history) {
            begin = isFirst ? event.timeNs() : begin;
            end = event.timeNs();
            isFirst = false;
            switch (event) {
                case Event.RunStarted run -> started = Optional.of(run);
                case Event.FaultBegin fault -> {
                    active.put(fault.fault(), fault);
                    // Keeps its place among the others until its end is known.
                    faults.put(fault.fault(), fault(fault, fault.timeNs(), false));
                }
                case Event.FaultEnd healed -> {
                    Event.FaultBegin fault = active.remove(healed.fault());
                    if (fault != null) {
                        faults.put(fault.fault(), fault(fault, healed.timeNs(), true));
                    }
                }
                default -> {}
            }
        }
        for (Event.FaultBegin fault : active.values()) {
            faults.put(fault.fault(), fault(fault, end, false));
        }
        return new Overview(started, begin, end, new ArrayList<>(faults.values()));
    }

    private static Fault fault(Event.FaultBegin fault, long toNs, boolean isHealed) {
        return new Fault(fault.kind(), fault.targets(), fault.timeNs(), toNs, isHealed);
    }

    /** Seconds since the beginning of the run. */
    public double seconds(long timeNs) {
        return (timeNs - beginNs) / 1e9;
    }

    /** How long the run was, in seconds. */
    public double lengthSeconds() {
        return seconds(endNs);
    }
}
