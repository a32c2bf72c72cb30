package io.barnabas.log.rules.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.rules.rest.RestChoice.Idle;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestChoiceTest {

    private static final List<Idle<String>> LED =
            List.of(new Idle<>("a", 7_000), new Idle<>("b", 70_000), new Idle<>("c", 4_000), new Idle<>("d", 29_000));

    @Test
    void thoseThatWereIdleForLongRest() {
        assertThat(new RestChoice(60_000, 100).choose(LED, 10)).containsExactly("b");
        assertThat(new RestChoice(80_000, 100).choose(LED, 10)).isEmpty();
        assertThat(new RestChoice(60_000, Integer.MAX_VALUE).choose(LED, 1_000)).containsExactly("b");
    }

    /** 10 may be idle for 300 s, 43 for 69.8, 100 for 30. */
    @Test
    void theMoreAreAwakeTheSoonerTheyRest() {
        RestChoice choice = new RestChoice(300_000, 100);

        assertThat(choice.choose(LED, 42)).isEmpty();
        assertThat(choice.choose(LED, 43)).containsExactly("b");
        assertThat(choice.choose(LED, 100)).containsExactly("b");
    }

    @Test
    void nobodyRestsSoonerForBeingFewThanForBeingMany() {
        RestChoice choice = new RestChoice(300_000, 100);

        for (int awake = 1; awake < 300; awake++) {
            assertThat(choice.choose(LED, awake).size())
                    .as("%d awake", awake)
                    .isLessThanOrEqualTo(choice.choose(LED, awake + 1).size());
        }
    }

    @Test
    void aCrowdedNodeLetsTheLongestIdleRestUntilItIsNotCrowded() {
        assertThat(new RestChoice(300_000, 100).choose(LED, 101)).containsExactly("b");
        assertThat(new RestChoice(300_000, 100).choose(LED, 102)).containsExactly("b", "d");
    }

    @Test
    void whatWasWrittenToJustNowStaysAwakeHoweverCrowdedTheNodeIs() {
        assertThat(new RestChoice(300_000, 1).choose(LED, 500)).containsExactly("b", "d", "a");
        assertThat(new RestChoice(3_000, 1).choose(LED, 500)).containsExactly("b", "d", "a", "c");
    }
}
