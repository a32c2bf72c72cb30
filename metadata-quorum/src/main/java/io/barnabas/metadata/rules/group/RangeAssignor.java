package io.barnabas.metadata.rules.group;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Cuts each topic into one range per subscriber, in an order of the members that is the same for all topics. Members
 * with equal subscriptions so get equal partition numbers of topics with equal partition counts, which joins need.
 * Static members come first: their order survives a restart, that of member ids does not.
 */
public record RangeAssignor() implements Assignor {

    private static final Comparator<Map.Entry<String, Subscriber>> ORDER = Comparator.comparing(
                    (Map.Entry<String, Subscriber> member) ->
                            member.getValue().instanceId().isEmpty())
            .thenComparing(member -> member.getValue().instanceId().orElse(""))
            .thenComparing(Map.Entry::getKey);

    @Override
    public String name() {
        return "range";
    }

    @Override
    public Map<String, Map<UUID, Set<Integer>>> assign(
            Map<String, Subscriber> members, Map<UUID, Integer> partitionCounts) {
        Map<String, Map<UUID, Set<Integer>>> assignment = new HashMap<>();
        Map<UUID, List<String>> subscribers = new TreeMap<>();
        members.entrySet().stream().sorted(ORDER).forEach(member -> {
            assignment.put(member.getKey(), new HashMap<>());
            for (UUID topic : member.getValue().topics()) {
                if (partitionCounts.containsKey(topic)) {
                    subscribers.computeIfAbsent(topic, any -> new ArrayList<>()).add(member.getKey());
                }
            }
        });
        subscribers.forEach((topic, ids) -> {
            int partitions = partitionCounts.get(topic);
            int next = 0;
            for (int i = 0; i < ids.size(); i++) {
                int size = partitions / ids.size() + (i < partitions % ids.size() ? 1 : 0);
                if (size > 0) {
                    assignment.get(ids.get(i)).put(topic, range(next, next + size));
                    next += size;
                }
            }
        });
        return assignment;
    }

    private static Set<Integer> range(int from, int to) {
        Set<Integer> range = new TreeSet<>();
        for (int partition = from; partition < to; partition++) {
            range.add(partition);
        }
        return range;
    }
}
