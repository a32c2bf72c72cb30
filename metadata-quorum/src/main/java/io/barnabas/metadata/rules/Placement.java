package io.barnabas.metadata.rules;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Chooses nodes for new partitions. Nodes of different racks stand in turn on a ring; a partition takes its preferred
 * leader from the ring in order, and its other replicas by walking on, first over racks it does not use yet. The walk's
 * stride changes with every lap, so that the followers of one leader spread over all others (as KIP-36 does).
 */
public final class Placement {

    private Placement() {}

    /**
     * Replica lists for {@code count} partitions that begin at number {@code first}; the first of each list is the
     * preferred leader.
     *
     * @param nodes those to choose from, at least {@code replicationFactor} of them
     * @param seed where on the ring to begin, so that topics of one partition do not all meet on one node
     */
    public static List<List<Integer>> place(
            List<NodeInfo> nodes, int first, int count, int replicationFactor, long seed) {
        if (replicationFactor < 1 || replicationFactor > nodes.size()) {
            throw new IllegalArgumentException(replicationFactor + " replicas on " + nodes.size() + " nodes");
        }
        List<NodeInfo> ring = ring(nodes);
        SplittableRandom random = new SplittableRandom(seed);
        int start = random.nextInt(ring.size());
        int stride = random.nextInt(ring.size());
        List<List<Integer>> placed = new ArrayList<>(count);
        for (int partition = first; partition < first + count; partition++) {
            int lap = partition / ring.size();
            placed.add(replicas(ring, start + partition, stride + lap, replicationFactor));
        }
        return placed;
    }

    private static List<Integer> replicas(List<NodeInfo> ring, int leaderAt, int stride, int replicationFactor) {
        NodeInfo leader = ring.get(Math.floorMod(leaderAt, ring.size()));
        List<Integer> chosen = new ArrayList<>(List.of(leader.id()));
        Set<String> racks = new HashSet<>(Set.of(rack(leader)));
        List<NodeInfo> others = new ArrayList<>();
        for (int step = 0; step < ring.size() - 1; step++) {
            int shift = 1 + Math.floorMod(stride + step, ring.size() - 1);
            others.add(ring.get(Math.floorMod(leaderAt + shift, ring.size())));
        }
        while (chosen.size() < replicationFactor) {
            NodeInfo next = others.stream()
                    .filter(node -> !racks.contains(rack(node)))
                    .findFirst()
                    .orElse(others.getFirst());
            others.remove(next);
            chosen.add(next.id());
            racks.add(rack(next));
        }
        return chosen;
    }

    /** Nodes without a rack count as a rack of their own each. */
    private static String rack(NodeInfo node) {
        return node.rack().map(rack -> "rack " + rack).orElse("node " + node.id());
    }

    private static List<NodeInfo> ring(List<NodeInfo> nodes) {
        Map<String, List<NodeInfo>> byRack = new LinkedHashMap<>();
        nodes.stream()
                .sorted(Comparator.comparingInt(NodeInfo::id))
                .forEach(node -> byRack.computeIfAbsent(rack(node), r -> new ArrayList<>())
                        .add(node));
        List<NodeInfo> ring = new ArrayList<>(nodes.size());
        Map<String, Integer> taken = new HashMap<>();
        while (ring.size() < nodes.size()) {
            byRack.forEach((rack, members) -> {
                int next = taken.merge(rack, 1, Integer::sum) - 1;
                if (next < members.size()) {
                    ring.add(members.get(next));
                }
            });
        }
        return ring;
    }
}
