package io.barnabas.chaos.cluster;

import io.barnabas.chaos.rules.plan.Link;
import io.barnabas.chaos.rules.plan.LinkCondition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What faults do to links, several at once: a link is in the worst condition that any of them imposes, and whole when
 * the last is lifted. For any thread.
 */
public final class Links {

    private final Network network;
    private final Map<Long, Map<Link, LinkCondition>> faults = new LinkedHashMap<>();
    private final Map<Link, LinkCondition> now = new HashMap<>();

    Links(Network network) {
        this.network = network;
    }

    /**
     * These links are in this condition until the fault is lifted.
     *
     * @param fault a number of the caller's
     */
    public synchronized void impose(long fault, Set<Link> links, LinkCondition condition) {
        Map<Link, LinkCondition> imposed = faults.computeIfAbsent(fault, f -> new HashMap<>());
        links.forEach(link -> imposed.put(link, condition));
        settle();
    }

    /** The fault is over. */
    public synchronized void lift(long fault) {
        faults.remove(fault);
        settle();
    }

    private void settle() {
        Map<Link, LinkCondition> wanted = new HashMap<>();
        faults.values()
                .forEach(imposed ->
                        imposed.forEach((link, condition) -> wanted.merge(link, condition, LinkCondition::worse)));
        Set<Link> all = new HashSet<>(now.keySet());
        all.addAll(wanted.keySet());
        for (Link link : all) {
            LinkCondition condition = wanted.get(link);
            if (condition == null) {
                network.set(link, Optional.empty());
                now.remove(link);
            } else if (!condition.equals(now.get(link))) {
                network.set(link, Optional.of(condition));
                now.put(link, condition);
            }
        }
    }
}
