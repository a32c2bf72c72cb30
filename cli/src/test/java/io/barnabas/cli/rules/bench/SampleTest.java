package io.barnabas.cli.rules.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SampleTest {

    @Test
    void theMedianIsInTheMiddle() {
        assertThat(new Sample(List.of(9.0, 1.0, 4.0)).median()).isEqualTo(4);
        assertThat(new Sample(List.of(9.0, 1.0, 4.0, 6.0)).median()).isEqualTo(5);
        assertThat(new Sample(List.of(7.0)).median()).isEqualTo(7);
    }

    @Test
    void percentilesAreValuesThatWereMeasured() {
        Sample sample = new Sample(
                IntStream.rangeClosed(1, 50).mapToObj(i -> (double) i).toList());

        assertThat(sample.percentile(50)).isEqualTo(25);
        assertThat(sample.percentile(99)).isEqualTo(50);
        assertThat(sample.percentile(0)).isEqualTo(1);
        assertThat(sample.lowest()).isEqualTo(1);
        assertThat(sample.highest()).isEqualTo(50);
    }

    @Test
    void nothingHasNoMedian() {
        assertThatThrownBy(() -> new Sample(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
