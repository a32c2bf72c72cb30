package io.barnabas.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * Where the replicas of a node go that leaves: each to the node with the fewest replicas that has none of the partition,
 * on a rack that the partition does not use yet where there is one. It takes the place of the one that leaves, so that
 * preferred leads move with it.
 */
final class Evacuation {

    private final int leaving;
    private final Map<Integer, String> racks;
    private final Map<Integer, Integer> loads = new HashMap<>();

    /**
     * Of a node.
     *
     * @param racks live nodes and their racks; a node without a rack is one of its own
     */
    Evacuation(int leaving, Map<Integer, String> racks) {
        this.leaving = leaving;
        this.racks = Map.copyOf(racks);
    }

    /**
     * The new replicas of every partition that has one on the node.
     *
     * @param replicas of all partitions
     * @throws CommandFailedException when a partition has no other node to go to
     */
    Map<TopicPartition, List<Integer>> plan(Map<TopicPartition, List<Integer>> replicas) {
        replicas.values().forEach(list -> list.forEach(id -> loads.merge(id, 1, Integer::sum)));
        Map<TopicPartition, List<Integer>> ordered =
                new TreeMap<>(Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition));
        ordered.putAll(replicas);
        Map<TopicPartition, List<Integer>> moves = new HashMap<>();
        ordered.forEach((partition, present) -> {
            if (present.contains(leaving)) {
                moves.put(partition, replaced(partition, present));
            }
        });
        return moves;
    }

    private List<Integer> replaced(TopicPartition partition, List<Integer> present) {
        Set<String> used = new HashSet<>();
        present.stream().filter(id -> id != leaving).map(this::rack).forEach(used::add);
        Optional<Integer> successor = racks.keySet().stream()
                .filter(id -> id != leaving && !present.contains(id))
                .min(Comparator.<Integer, Boolean>comparing(id -> used.contains(rack(id)))
                        .thenComparing(id -> loads.getOrDefault(id, 0))
                        .thenComparing(Comparator.naturalOrder()));
        int to = successor.orElseThrow(() -> new CommandFailedException("partition " + partition.topic() + ":"
                + partition.partition() + " has replicas on nodes " + present
                + " and no other live node to go to; add a node, or give it fewer replicas with 'partition move'"));
        loads.merge(to, 1, Integer::sum);
        List<Integer> replicas = new ArrayList<>(present);
        replicas.replaceAll(id -> id == leaving ? to : id);
        return List.copyOf(replicas);
    }

    private String rack(int id) {
        return racks.getOrDefault(id, "").isEmpty() ? "node " + id : "rack " + racks.get(id);
    }
}
