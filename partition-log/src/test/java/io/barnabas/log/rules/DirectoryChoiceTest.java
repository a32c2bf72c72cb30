package io.barnabas.log.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.rules.DirectoryChoice.Candidate;
import java.util.List;
import org.junit.jupiter.api.Test;

class DirectoryChoiceTest {

    @Test
    void theFewestReplicasCountFirst() {
        assertThat(DirectoryChoice.choose(
                        List.of(new Candidate("a", 3, 900), new Candidate("b", 2, 10), new Candidate("c", 4, 999))))
                .contains("b");
    }

    @Test
    void thenTheMostRoomThenTheOrder() {
        assertThat(DirectoryChoice.choose(
                        List.of(new Candidate("a", 2, 10), new Candidate("b", 2, 11), new Candidate("c", 2, 9))))
                .contains("b");
        assertThat(DirectoryChoice.choose(List.of(new Candidate("b", 2, 10), new Candidate("a", 2, 10))))
                .contains("b");
    }

    @Test
    void noneIsChosenOfNone() {
        assertThat(DirectoryChoice.choose(List.of())).isEmpty();
    }
}
