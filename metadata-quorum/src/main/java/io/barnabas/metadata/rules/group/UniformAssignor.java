package io.barnabas.metadata.rules.group;

import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Gives all members as nearly the same number of partitions as their subscriptions allow, and moves no more partitions
 * than that needs.
 */
public record UniformAssignor() implements Assignor {

    @Override
    public String name() {
        return "uniform";
    }

    @Override
    public Map<String, Map<UUID, Set<Integer>>> assign(
            Map<String, Subscriber> members, Map<UUID, Integer> partitionCounts) {
        UniformSpread spread = new UniformSpread(members, partitionCounts);
        boolean alike =
                members.values().stream().map(Subscriber::topics).distinct().count() <= 1;
        if (alike) {
            spread.trimToQuota();
            spread.placeFree();
        } else {
            spread.placeFree();
            spread.even();
        }
        return spread.result();
    }
}
