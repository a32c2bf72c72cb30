package io.barnabas.cli.rules.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SilenceTest {

    @Test
    void theLongestGapCounts() {
        Silence silence = new Silence(0);
        silence.acknowledged(10);
        silence.acknowledged(50);
        silence.acknowledged(60);

        assertThat(silence.longest(65)).isEqualTo(40);
    }

    @Test
    void aGapThatIsUnderWayCounts() {
        Silence silence = new Silence(0);
        silence.acknowledged(10);

        assertThat(silence.longest(500)).isEqualTo(490);
    }

    @Test
    void forgettingKeepsWhenTheGapUnderWayBegan() {
        Silence silence = new Silence(0);
        silence.acknowledged(100);
        silence.forget();

        assertThat(silence.longest(130)).isEqualTo(30);

        silence.acknowledged(150);
        silence.acknowledged(155);
        assertThat(silence.longest(156)).isEqualTo(50);
    }
}
