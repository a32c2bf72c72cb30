package io.barnabas.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class EvacuationTest {

    private static TopicPartition orders(int partition) {
        return new TopicPartition("orders", partition);
    }

    @Test
    void onlyTheReplicasOfTheNodeMoveAndEachTakesItsPlace() {
        Map<TopicPartition, List<Integer>> moves = new Evacuation(2, Map.of(1, "", 2, "", 3, "", 4, ""))
                .plan(Map.of(orders(0), List.of(2, 1, 3), orders(1), List.of(1, 3, 4)));

        assertThat(moves).isEqualTo(Map.of(orders(0), List.of(4, 1, 3)));
    }

    @Test
    void theyAreSpreadOverTheNodesWithTheFewest() {
        Map<TopicPartition, List<Integer>> present = new HashMap<>();
        for (int i = 0; i < 30; i++) {
            present.put(orders(i), List.of(1));
        }

        Map<TopicPartition, List<Integer>> moves = new Evacuation(1, Map.of(1, "", 2, "", 3, "", 4, "")).plan(present);

        assertThat(moves.values().stream().collect(Collectors.groupingBy(List::getFirst, Collectors.counting())))
                .isEqualTo(Map.of(2, 10L, 3, 10L, 4, 10L));
    }

    @Test
    void aRackThatThePartitionDoesNotUseComesFirst() {
        Map<Integer, String> racks = Map.of(1, "a", 2, "b", 3, "a", 4, "b");

        assertThat(new Evacuation(2, racks).plan(Map.of(orders(0), List.of(1, 2))))
                .isEqualTo(Map.of(orders(0), List.of(1, 4)));
    }

    @Test
    void aPartitionWithoutAnotherNodeIsNamed() {
        assertThatThrownBy(() -> new Evacuation(2, Map.of(1, "", 2, "")).plan(Map.of(orders(7), List.of(1, 2))))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("orders:7")
                .hasMessageContaining("add a node");
    }
}
