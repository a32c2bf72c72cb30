package io.barnabas.net.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResponseOrdererTest {

    private final ResponseOrderer<String> orderer = new ResponseOrderer<>();

    @Test
    void aResponseWaitsForThoseBeforeIt() {
        var first = orderer.arrived();
        var second = orderer.arrived();
        var third = orderer.arrived();

        assertThat(orderer.ready(third, "c")).isEmpty();
        assertThat(orderer.ready(first, "a")).containsExactly("a");
        assertThat(orderer.pending()).isEqualTo(2);
        assertThat(orderer.ready(second, "b")).containsExactly("b", "c");
        assertThat(orderer.pending()).isZero();
    }

    @Test
    void aRequestWithoutAResponseHoldsItsPlaceOnlyUntilItIsDone() {
        var silent = orderer.arrived();
        var loud = orderer.arrived();

        assertThat(orderer.ready(loud, "b")).isEmpty();
        assertThat(orderer.ready(silent, null)).containsExactly("b");
    }

    @Test
    void aRequestIsAnsweredOnce() {
        orderer.arrived();
        var second = orderer.arrived();
        assertThat(orderer.ready(second, "b")).isEmpty();

        assertThatThrownBy(() -> orderer.ready(second, "b")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void droppingGivesBackWhatWasReadyAndNotSent() {
        orderer.arrived();
        var silent = orderer.arrived();
        var ready = orderer.arrived();
        orderer.ready(silent, null);
        orderer.ready(ready, "c");

        assertThat(orderer.drop()).containsExactly("c");
        assertThat(orderer.pending()).isZero();
    }

    @Test
    void anyOrderOfAnswersLeavesInTheOrderOfRequests() {
        long seed = Seeds.draw();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            ResponseOrderer<Integer> numbers = new ResponseOrderer<>();
            int count = random.nextInt(1, 40);
            List<ResponseOrderer.Slot<Integer>> slots = new ArrayList<>();
            List<Integer> open = new ArrayList<>();
            List<Integer> left = new ArrayList<>();
            while (slots.size() < count || !open.isEmpty()) {
                if (slots.size() < count && (open.isEmpty() || random.nextBoolean())) {
                    open.add(slots.size());
                    slots.add(numbers.arrived());
                } else {
                    int number = open.remove(random.nextInt(open.size()));
                    left.addAll(numbers.ready(slots.get(number), number));
                }
            }
            assertThat(left)
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(IntStream.range(0, count).boxed().toList());
        }
    }
}
