package io.barnabas.metadata.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicNamesTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "A.b_c-9", "...", "__consumer_offsets", "-"})
    void legal(String name) {
        assertThat(TopicNames.flaw(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a b", "a/b", "ä", "a\n", "a:0", "日本"})
    void illegal(String name) {
        assertThat(TopicNames.flaw(name)).isPresent();
    }

    @Test
    void theLongestNameHas249Characters() {
        assertThat(TopicNames.flaw("x".repeat(249))).isEmpty();
        assertThat(TopicNames.flaw("x".repeat(250)))
                .hasValueSatisfying(flaw -> assertThat(flaw).contains("249", "250"));
    }

    @Test
    void dotsAndUnderscoresCollide() {
        assertThat(TopicNames.collide("a.b", "a_b")).isTrue();
        assertThat(TopicNames.collide("a.b_c", "a_b.c")).isTrue();
        assertThat(TopicNames.collide("a.b", "a-b")).isFalse();
        assertThat(TopicNames.collide("a", "b")).isFalse();
    }
}
