package io.barnabas.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.barnabas.chaos.cluster.HostCommandException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Wrong and right by turns, and right at the end. */
class AlternationTest {

    private static final Duration SHORT = Duration.ofMillis(1);
    private static final Duration FOREVER = Duration.ofHours(1);

    private final List<String> done = new CopyOnWriteArrayList<>();

    @Test
    void goesToAndFroAndEndsWithTheRight() {
        Alternation alternation = new Alternation(() -> done.add("wrong"), () -> done.add("right"), SHORT);
        await().until(() -> done.size() > 6);

        alternation.end();

        assertThat(done.size() % 2).isZero();
        for (int i = 0; i < done.size(); i += 2) {
            assertThat(done.subList(i, i + 2)).containsExactly("wrong", "right");
        }
    }

    @Test
    void endsAtOnceHoweverLongThePeriod() {
        Alternation alternation = new Alternation(() -> done.add("wrong"), () -> done.add("right"), FOREVER);

        alternation.end();

        assertThat(done).containsExactly("wrong", "right");
    }

    @Test
    void whatCannotBeginIsTold() {
        assertThatThrownBy(() -> new Alternation(AlternationTest::fail, () -> done.add("right"), FOREVER))
                .isInstanceOf(HostCommandException.class);
        assertThat(done).isEmpty();
    }

    @Test
    void whatFailsLaterIsToldAtTheEndAndPutRight() {
        Runnable wrong = () -> {
            done.add("wrong");
            if (done.size() > 1) {
                fail();
            }
        };
        Alternation alternation = new Alternation(wrong, () -> done.add("right"), SHORT);
        await().until(() -> done.size() == 3);

        assertThatThrownBy(alternation::end).isInstanceOf(HostCommandException.class);

        assertThat(done).containsExactly("wrong", "right", "wrong", "right");
    }

    private static void fail() {
        throw new HostCommandException("cannot");
    }
}
