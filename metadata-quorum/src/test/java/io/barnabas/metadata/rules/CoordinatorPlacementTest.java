package io.barnabas.metadata.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.pcollections.PVector;

class CoordinatorPlacementTest {

    private static final int SHARDS = CoordinatorPlacement.NOBODY.size();

    @Test
    void whateverComesAndGoesNoNodeHasTwoMoreThanAnotherAndNothingMovesWithoutNeed() throws Exception {
        Seeds.run("coordinators", 300, random -> {
            Map<Integer, NodeInfo> nodes = new TreeMap<>();
            PVector<Coordinator> before = CoordinatorPlacement.NOBODY;
            for (int index = 0; index < 60; index++) {
                List<Integer> liveBefore = live(nodes.values());
                int id = random.nextInt(1, random.nextBoolean() ? 5 : 100);
                if (random.nextInt(3) == 0) {
                    nodes.remove(id);
                } else {
                    nodes.put(id, node(id, random.nextInt(3) == 0));
                }
                List<Integer> live = live(nodes.values());
                PVector<Coordinator> after = CoordinatorPlacement.place(nodes.values(), before, index);
                checkBalanced(live, after);
                checkEpochs(before, after, index);
                assertThat(moved(before, after)).isEqualTo(needed(liveBefore, live, before));
                assertThat(CoordinatorPlacement.place(new ArrayList<>(nodes.values()), after, index + 1))
                        .isEqualTo(after);
                before = after;
            }
        });
    }

    @Test
    void aNodeThatIsGoneLeavesToTheOthersAndGetsItsShareWhenItIsBack() {
        PVector<Coordinator> three = CoordinatorPlacement.place(nodes(1, 2, 3), CoordinatorPlacement.NOBODY, 10);
        assertThat(loads(three)).containsExactlyInAnyOrderEntriesOf(Map.of(1, 22L, 2, 21L, 3, 21L));
        PVector<Coordinator> two = CoordinatorPlacement.place(nodes(1, 3), three, 11);
        assertThat(loads(two)).containsExactlyInAnyOrderEntriesOf(Map.of(1, 32L, 3, 32L));
        PVector<Coordinator> again = CoordinatorPlacement.place(nodes(1, 2, 3), two, 12);
        assertThat(loads(again)).containsExactlyInAnyOrderEntriesOf(Map.of(1, 22L, 2, 21L, 3, 21L));
        assertThat(moved(two, again)).isEqualTo(21);
        assertThat(CoordinatorPlacement.place(List.of(), again, 13))
                .containsOnly(new Coordinator(Coordinator.NONE, 13));
    }

    @Test
    void renewingTouchesOnlyWhatIsChosenAndTheNodeHas() {
        PVector<Coordinator> placed = CoordinatorPlacement.place(nodes(1, 2), CoordinatorPlacement.NOBODY, 10);
        PVector<Coordinator> renewed = CoordinatorPlacement.renew(placed, 1, shard -> shard < 4, 20);
        for (int shard = 0; shard < SHARDS; shard++) {
            boolean chosen = shard < 4 && placed.get(shard).nodeId() == 1;
            assertThat(renewed.get(shard)).isEqualTo(chosen ? new Coordinator(1, 20) : placed.get(shard));
        }
    }

    private static void checkBalanced(List<Integer> live, PVector<Coordinator> coordinators) {
        Map<Integer, Long> loads = loads(coordinators);
        if (live.isEmpty()) {
            assertThat(loads).containsOnlyKeys(Coordinator.NONE);
            return;
        }
        assertThat(live).containsAll(loads.keySet());
        for (int node : live) {
            assertThat(loads.getOrDefault(node, 0L)).isBetween((long) SHARDS / live.size(), SHARDS / live.size() + 1L);
        }
    }

    private static void checkEpochs(PVector<Coordinator> before, PVector<Coordinator> after, int index) {
        for (int shard = 0; shard < SHARDS; shard++) {
            boolean same = after.get(shard).equals(before.get(shard));
            assertThat(same || after.get(shard).epoch() == index).isTrue();
        }
    }

    private static int moved(PVector<Coordinator> before, PVector<Coordinator> after) {
        int moved = 0;
        for (int shard = 0; shard < SHARDS; shard++) {
            moved += before.get(shard).nodeId() == after.get(shard).nodeId() ? 0 : 1;
        }
        return moved;
    }

    /** How many must move: those of the node that went, or the fair share of the one that came. */
    private static int needed(List<Integer> liveBefore, List<Integer> live, PVector<Coordinator> before) {
        if (live.size() > liveBefore.size()) {
            return liveBefore.isEmpty() ? SHARDS : SHARDS / live.size();
        }
        List<Integer> gone = new ArrayList<>(liveBefore);
        gone.removeAll(live);
        Map<Integer, Long> loads = loads(before);
        return gone.stream()
                .mapToInt(node -> loads.getOrDefault(node, 0L).intValue())
                .sum();
    }

    private static Map<Integer, Long> loads(PVector<Coordinator> coordinators) {
        return coordinators.stream().collect(Collectors.groupingBy(Coordinator::nodeId, Collectors.counting()));
    }

    private static List<Integer> live(Collection<NodeInfo> nodes) {
        return nodes.stream().filter(node -> !node.fenced()).map(NodeInfo::id).toList();
    }

    private static List<NodeInfo> nodes(Integer... ids) {
        return List.of(ids).stream().map(id -> node(id, false)).toList();
    }

    private static NodeInfo node(int id, boolean fenced) {
        return new NodeInfo(id, new UUID(0, id), id, List.of(), "h:1", "h:2", Optional.empty(), !fenced, fenced);
    }
}
