package io.barnabas.metadata.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class PlacementTest {

    @Test
    void nodesWithoutRacksDifferByOneReplicaAndOneLeaderAtMost() throws Exception {
        Seeds.run("placement without racks", 2_000, random -> {
            List<NodeInfo> nodes = nodes(random.nextInt(1, 13), id -> Optional.empty());
            int replicationFactor = random.nextInt(1, Math.min(nodes.size(), 5) + 1);
            List<List<Integer>> placed =
                    Placement.place(nodes, List.of(), random.nextInt(1, 80), replicationFactor, random.nextLong());
            checkLists(placed, nodes, replicationFactor);
            assertThat(spread(nodes, placed, 1)).as("leaders of %s", placed).isLessThanOrEqualTo(1);
            assertThat(spread(nodes, placed, replicationFactor))
                    .as("replicas of %s", placed)
                    .isLessThanOrEqualTo(1);
        });
    }

    @Test
    void replicasOfAPartitionStandInAsManyRacksAsPossible() throws Exception {
        Seeds.run("placement with racks", 2_000, random -> {
            int racks = random.nextInt(1, 5);
            List<NodeInfo> nodes = nodes(random.nextInt(1, 13), id -> Optional.of("r" + random.nextInt(racks)));
            Map<Integer, String> rackOf = new HashMap<>();
            nodes.forEach(node -> rackOf.put(node.id(), node.rack().orElseThrow()));
            int inUse = Set.copyOf(rackOf.values()).size();
            int replicationFactor = random.nextInt(1, Math.min(nodes.size(), 5) + 1);
            List<List<Integer>> placed =
                    Placement.place(nodes, List.of(), random.nextInt(1, 80), replicationFactor, random.nextLong());
            checkLists(placed, nodes, replicationFactor);
            for (List<Integer> replicas : placed) {
                assertThat(replicas.stream().map(rackOf::get).distinct())
                        .as("racks of %s", replicas)
                        .hasSize(Math.min(inUse, replicationFactor));
            }
            assertThat(spread(nodes, placed, 1)).as("leaders of %s", placed).isLessThanOrEqualTo(1);
        });
    }

    @Test
    void racksOfOneSizeAreLoadedAlike() throws Exception {
        Seeds.run("placement with racks of one size", 1_000, random -> {
            int racks = random.nextInt(1, 5);
            List<NodeInfo> nodes = nodes(racks * random.nextInt(1, 5), id -> Optional.of("r" + id % racks));
            int replicationFactor = random.nextInt(1, Math.min(nodes.size(), 5) + 1);
            List<List<Integer>> placed =
                    Placement.place(nodes, List.of(), random.nextInt(1, 80), replicationFactor, random.nextLong());
            assertThat(spread(nodes, placed, replicationFactor))
                    .as("replicas of %s", placed)
                    .isLessThanOrEqualTo(2);
        });
    }

    @Test
    void aTopicThatGrowsStaysEven() throws Exception {
        Seeds.run("placement of more partitions", 1_000, random -> {
            List<NodeInfo> nodes = nodes(random.nextInt(2, 8), id -> Optional.empty());
            int replicationFactor = random.nextInt(1, Math.min(nodes.size(), 3) + 1);
            long seed = random.nextLong();
            List<List<Integer>> all = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                all.addAll(Placement.place(nodes, List.copyOf(all), random.nextInt(1, 7), replicationFactor, seed));
            }
            assertThat(spread(nodes, all, 1)).as("leaders of %s", all).isLessThanOrEqualTo(1);
            assertThat(spread(nodes, all, replicationFactor))
                    .as("replicas of %s", all)
                    .isLessThanOrEqualTo(1);
        });
    }

    @Test
    void followersOfOneLeaderAreSpreadOverTheOthers() {
        List<NodeInfo> nodes = nodes(6, id -> Optional.empty());
        Map<List<Integer>, Integer> pairs = new HashMap<>();
        for (List<Integer> replicas : Placement.place(nodes, List.of(), 60, 3, 7)) {
            for (int follower : replicas.subList(1, 3)) {
                pairs.merge(List.of(replicas.getFirst(), follower), 1, Integer::sum);
            }
        }
        // 60 partitions with two followers each, on 6 leaders with 5 others each.
        assertThat(pairs)
                .hasSize(30)
                .allSatisfy((pair, count) -> assertThat(count)
                        .as("partitions of leader and follower %s", pair)
                        .isEqualTo(4));
    }

    @Test
    void theSameSeedPlacesAlikeAndSeedsMoveTheBeginning() {
        List<NodeInfo> nodes = nodes(5, id -> Optional.empty());
        SplittableRandom seeds = new SplittableRandom(1);
        Set<Integer> firstLeaders = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            long seed = seeds.nextLong();
            List<List<Integer>> once = Placement.place(nodes, List.of(), 3, 3, seed);
            assertThat(Placement.place(nodes.reversed(), List.of(), 3, 3, seed)).isEqualTo(once);
            firstLeaders.add(once.getFirst().getFirst());
        }
        assertThat(firstLeaders).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    }

    @Test
    void moreReplicasThanNodesAreAMistakeOfTheCaller() {
        assertThatThrownBy(() -> Placement.place(nodes(2, id -> Optional.empty()), List.of(), 1, 3, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 replicas on 2 nodes");
    }

    private static void checkLists(List<List<Integer>> placed, List<NodeInfo> nodes, int replicationFactor) {
        List<Integer> ids = nodes.stream().map(NodeInfo::id).toList();
        assertThat(placed)
                .allSatisfy(replicas -> assertThat(replicas)
                        .hasSize(replicationFactor)
                        .doesNotHaveDuplicates()
                        .isSubsetOf(ids));
    }

    /** The most minus the least that any node holds, counting the first {@code upTo} of each list. */
    private static int spread(List<NodeInfo> nodes, List<List<Integer>> placed, int upTo) {
        Map<Integer, Integer> counts = new HashMap<>();
        nodes.forEach(node -> counts.put(node.id(), 0));
        placed.forEach(replicas -> replicas.subList(0, upTo).forEach(id -> counts.merge(id, 1, Integer::sum)));
        return counts.values().stream().mapToInt(Integer::intValue).max().orElseThrow()
                - counts.values().stream().mapToInt(Integer::intValue).min().orElseThrow();
    }

    private static List<NodeInfo> nodes(int count, IntFunction<Optional<String>> rack) {
        List<NodeInfo> nodes = new ArrayList<>();
        for (int id = 0; id < count; id++) {
            nodes.add(new NodeInfo(id, new UUID(0, id), id, List.of(), "h:1", "h:2", rack.apply(id), true, false));
        }
        return nodes;
    }
}
