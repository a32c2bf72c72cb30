package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.Observer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** When faults were active. A fault that is never healed lasts for ever. */
final class FaultTimes implements Observer {

    private final Map<Long, Long> active = new HashMap<>();

    /** For each beginning, the latest end of those that began then or earlier. */
    private final TreeMap<Long, Long> ends = new TreeMap<>();

    private final TreeMap<Long, Long> healed = new TreeMap<>();

    @Override
    public void faultBegan(Event.FaultBegin fault) {
        active.put(fault.fault(), fault.timeNs());
    }

    @Override
    public void faultEnded(Event.FaultEnd fault) {
        Long began = active.remove(fault.fault());
        if (began == null) {
            throw new IllegalArgumentException("healed without a beginning: " + fault);
        }
        healed.merge(began, fault.timeNs(), Math::max);
    }

    @Override
    public void ended(long timeNs) {
        active.values().forEach(began -> healed.put(began, Long.MAX_VALUE));
        long latest = Long.MIN_VALUE;
        for (Map.Entry<Long, Long> fault : healed.entrySet()) {
            latest = Math.max(latest, fault.getValue());
            ends.put(fault.getKey(), latest);
        }
    }

    /** Whether a fault was active at any time between these two, both included. After {@link #ended}. */
    boolean anyBetween(long fromNs, long toNs) {
        Map.Entry<Long, Long> began = ends.floorEntry(toNs);
        return began != null && began.getValue() >= fromNs;
    }
}
