package io.barnabas.metadata.rules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Chooses nodes for new partitions. Nodes of different racks stand in turn on a ring; preferred leaders go round it, and
 * the other replicas stand on a walk along the ring from there, first on racks that the partition does not use yet. A
 * whole lap of leaders loads all nodes alike; the walk's stride changes with every lap, so that the followers of one
 * leader spread over all others (as KIP-36 does). Where there is no whole lap, or the racks differ in size, the nodes
 * with the fewest replicas come first.
 */
public final class Placement {

    private final List<NodeInfo> ring;
    private final int[] replicas;
    private final int[] leaders;
    private final int stride;

    private Placement(List<NodeInfo> ring, List<List<Integer>> present, int stride) {
        this.ring = ring;
        this.replicas = new int[ring.size()];
        this.leaders = new int[ring.size()];
        this.stride = stride;
        for (int at = 0; at < ring.size(); at++) {
            int id = ring.get(at).id();
            for (List<Integer> list : present) {
                replicas[at] += list.contains(id) ? 1 : 0;
                leaders[at] += list.getFirst() == id ? 1 : 0;
            }
        }
    }

    /**
     * Replica lists for {@code count} more partitions of a topic; the first of each list is the preferred leader.
     *
     * @param nodes those to choose from, at least {@code replicationFactor} of them
     * @param present the replica lists of the partitions that the topic has
     * @param seed where on the ring to begin, so that topics of one partition do not all meet on one node
     */
    public static List<List<Integer>> place(
            List<NodeInfo> nodes, List<List<Integer>> present, int count, int replicationFactor, long seed) {
        if (replicationFactor < 1 || replicationFactor > nodes.size()) {
            throw new IllegalArgumentException(replicationFactor + " replicas on " + nodes.size() + " nodes");
        }
        List<NodeInfo> ring = ring(nodes);
        SplittableRandom random = new SplittableRandom(seed);
        int start = random.nextInt(ring.size());
        Placement placement = new Placement(ring, present, random.nextInt(ring.size()));
        List<List<Integer>> placed = new ArrayList<>(count);
        boolean wholeLap = false;
        for (int left = count; left > 0; left--) {
            int partition = present.size() + placed.size();
            if (partition % ring.size() == 0) {
                wholeLap = left >= ring.size() && placement.isEven();
            }
            placed.add(placement.next(start + partition, partition / ring.size(), replicationFactor, wholeLap));
        }
        return placed;
    }

    private boolean isEven() {
        Map<String, Long> sizes = ring.stream().collect(Collectors.groupingBy(Placement::rack, Collectors.counting()));
        return sizes.values().stream().distinct().count() == 1
                && Arrays.stream(replicas).distinct().count() == 1
                && Arrays.stream(leaders).distinct().count() == 1;
    }

    private List<Integer> next(int from, int lap, int replicationFactor, boolean wholeLap) {
        int leader = least(
                walk(from, 0, ring.size()),
                Comparator.<Integer>comparingInt(at -> leaders[at]).thenComparingInt(at -> replicas[at]));
        leaders[leader]++;
        List<Integer> chosen = new ArrayList<>(replicationFactor);
        Set<String> racks = new HashSet<>();
        take(leader, chosen, racks);
        List<Integer> others = walk(leader + 1, stride + lap, ring.size() - 1);
        Comparator<Integer> order = Comparator.comparing(at -> racks.contains(rack(ring.get(at))));
        if (!wholeLap) {
            // Of two nodes with as few replicas, the one that has led more leaves the other room for its turn to lead.
            order = order.thenComparingInt(at -> replicas[at]).thenComparingInt(at -> -leaders[at]);
        }
        while (chosen.size() < replicationFactor) {
            Integer follower = least(others, order);
            others.remove(follower);
            take(follower, chosen, racks);
        }
        return chosen;
    }

    private void take(int at, List<Integer> chosen, Set<String> racks) {
        replicas[at]++;
        chosen.add(ring.get(at).id());
        racks.add(rack(ring.get(at)));
    }

    /** The first of the least, so that the order of the walk decides between equals. */
    private static int least(List<Integer> places, Comparator<Integer> order) {
        return places.stream().min(order).orElseThrow();
    }

    /** {@code length} places on the ring, {@code first} and on, beginning {@code offset} later and going round. */
    private List<Integer> walk(int first, int offset, int length) {
        List<Integer> places = new ArrayList<>(length);
        for (int step = 0; step < length; step++) {
            places.add(Math.floorMod(first + Math.floorMod(offset + step, length), ring.size()));
        }
        return places;
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
