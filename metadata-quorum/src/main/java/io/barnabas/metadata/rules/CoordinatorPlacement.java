package io.barnabas.metadata.rules;

import io.barnabas.metadata.rules.group.GroupShards;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.pcollections.PVector;
import org.pcollections.TreePVector;

/**
 * Chooses the coordinators of the group shards. Nothing moves without need: a shard whose node is gone goes to the live
 * node with the fewest, and then as few move as make no node have two more than another.
 */
public final class CoordinatorPlacement {

    /** No shard has a coordinator. */
    public static final PVector<Coordinator> NOBODY =
            TreePVector.from(Collections.nCopies(GroupShards.COUNT, new Coordinator(Coordinator.NONE, -1)));

    private CoordinatorPlacement() {}

    /**
     * Coordinators among the nodes that are not fenced.
     *
     * @param present the coordinators so far, by shard
     * @param index the epoch of every change
     */
    public static PVector<Coordinator> place(Collection<NodeInfo> nodes, PVector<Coordinator> present, long index) {
        TreeMap<Integer, Integer> loads = new TreeMap<>();
        nodes.stream().filter(node -> !node.fenced()).forEach(node -> loads.put(node.id(), 0));
        present.forEach(coordinator -> loads.computeIfPresent(coordinator.nodeId(), (id, load) -> load + 1));
        PVector<Coordinator> next = present;
        for (int shard = 0; shard < present.size(); shard++) {
            int owner = present.get(shard).nodeId();
            if (!loads.containsKey(owner) && !(loads.isEmpty() && owner == Coordinator.NONE)) {
                next = next.with(shard, new Coordinator(takeOne(loads), index));
            }
        }
        return balance(loads, next, index);
    }

    private static PVector<Coordinator> balance(
            Map<Integer, Integer> loads, PVector<Coordinator> coordinators, long index) {
        PVector<Coordinator> next = coordinators;
        while (!loads.isEmpty() && Collections.max(loads.values()) - Collections.min(loads.values()) > 1) {
            int most = Collections.max(loads.values());
            int shard = next.size() - 1;
            while (loads.get(next.get(shard).nodeId()) < most) {
                shard--;
            }
            loads.merge(next.get(shard).nodeId(), -1, Integer::sum);
            next = next.with(shard, new Coordinator(takeOne(loads), index));
        }
        return next;
    }

    /** The live node with the fewest shards, of equals the lowest, which has one more now. */
    private static int takeOne(Map<Integer, Integer> loads) {
        int node = loads.entrySet().stream()
                .min(Comparator.<Map.Entry<Integer, Integer>>comparingInt(Map.Entry::getValue)
                        .thenComparingInt(Map.Entry::getKey))
                .map(Map.Entry::getKey)
                .orElse(Coordinator.NONE);
        loads.computeIfPresent(node, (id, load) -> load + 1);
        return node;
    }

    /** The same coordinators, with a new epoch for the shards of the node that are chosen. */
    public static PVector<Coordinator> renew(
            PVector<Coordinator> present, int nodeId, IntPredicate chosen, long index) {
        PVector<Coordinator> next = present;
        for (int shard = 0; shard < present.size(); shard++) {
            if (present.get(shard).nodeId() == nodeId && chosen.test(shard)) {
                next = next.with(shard, new Coordinator(nodeId, index));
            }
        }
        return next;
    }
}
