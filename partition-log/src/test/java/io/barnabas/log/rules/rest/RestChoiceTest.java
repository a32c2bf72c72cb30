package io.barnabas.log.rules.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.rules.rest.RestChoice.Idle;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestChoiceTest {

    private static final List<Idle<String>> LED =
            List.of(new Idle<>("a", 7_000), new Idle<>("b", 70_000), new Idle<>("c", 4_000), new Idle<>("d", 30_000));

    @Test
    void thoseThatWereIdleForLongRest() {
        assertThat(new RestChoice(60_000, 100).choose(LED, 100)).containsExactly("b");
        assertThat(new RestChoice(80_000, 100).choose(LED, 100)).isEmpty();
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
