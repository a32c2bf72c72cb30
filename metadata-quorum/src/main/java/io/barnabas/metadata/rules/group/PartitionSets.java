package io.barnabas.metadata.rules.group;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** Set operations on partitions by topic id; a topic without partitions is never in a result. */
final class PartitionSets {

    private PartitionSets() {}

    static boolean contains(Map<UUID, Set<Integer>> all, UUID topic, int partition) {
        return all.getOrDefault(topic, Set.of()).contains(partition);
    }

    /** What is in both. */
    static Map<UUID, Set<Integer>> common(Map<UUID, Set<Integer>> one, Map<UUID, Set<Integer>> other) {
        Map<UUID, Set<Integer>> result = new HashMap<>();
        one.forEach((topic, partitions) -> {
            Set<Integer> both = new TreeSet<>(partitions);
            both.retainAll(other.getOrDefault(topic, Set.of()));
            putUnlessEmpty(result, topic, both);
        });
        return result;
    }

    /** What is in the first and not in the second. */
    static Map<UUID, Set<Integer>> without(Map<UUID, Set<Integer>> all, Map<UUID, Set<Integer>> taken) {
        Map<UUID, Set<Integer>> result = new HashMap<>();
        all.forEach((topic, partitions) -> {
            Set<Integer> left = new TreeSet<>(partitions);
            left.removeAll(taken.getOrDefault(topic, Set.of()));
            putUnlessEmpty(result, topic, left);
        });
        return result;
    }

    /** What is in either. */
    static Map<UUID, Set<Integer>> union(Map<UUID, Set<Integer>> one, Map<UUID, Set<Integer>> other) {
        Map<UUID, Set<Integer>> result = new HashMap<>();
        one.forEach((topic, partitions) -> putUnlessEmpty(result, topic, new TreeSet<>(partitions)));
        other.forEach((topic, partitions) -> {
            if (!partitions.isEmpty()) {
                result.computeIfAbsent(topic, any -> new TreeSet<>()).addAll(partitions);
            }
        });
        return result;
    }

    /** What is of these topics. */
    static Map<UUID, Set<Integer>> ofTopics(Map<UUID, Set<Integer>> all, Set<UUID> topics) {
        Map<UUID, Set<Integer>> result = new HashMap<>();
        all.forEach((topic, partitions) -> {
            if (topics.contains(topic)) {
                putUnlessEmpty(result, topic, new TreeSet<>(partitions));
            }
        });
        return result;
    }

    private static void putUnlessEmpty(Map<UUID, Set<Integer>> result, UUID topic, Set<Integer> partitions) {
        if (!partitions.isEmpty()) {
            result.put(topic, partitions);
        }
    }
}
