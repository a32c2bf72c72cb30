package io.barnabas.cli.rules.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LatenciesTest {

    private static Latencies oneToThousandMillis() {
        Latencies latencies = new Latencies();
        for (int ms = 1; ms <= 1_000; ms++) {
            latencies.record(ms * 1_000_000L);
        }
        return latencies;
    }

    @Test
    void percentilesAreExactToThreeDigits() {
        Latencies latencies = oneToThousandMillis();

        assertThat(latencies.count()).isEqualTo(1_000);
        assertThat(latencies.millis(50)).isCloseTo(500, within(1.0));
        assertThat(latencies.millis(99)).isCloseTo(990, within(1.0));
        assertThat(latencies.millis(100)).isCloseTo(1_000, within(1.0));
        assertThat(latencies.figures("x"))
                .extracting(Figure::name)
                .containsExactly("x p50", "x p95", "x p99", "x p99.9", "x max");
    }

    @Test
    void addingCountsBoth() {
        Latencies all = oneToThousandMillis();
        Latencies slow = new Latencies();
        slow.record(5_000_000_000L);

        all.add(slow);

        assertThat(all.count()).isEqualTo(1_001);
        assertThat(all.millis(100)).isCloseTo(5_000, within(5.0));
    }

    @Test
    void theCurveRisesToTheLongest() {
        Curve curve = oneToThousandMillis().curve("x");

        assertThat(curve.points()).hasSizeGreaterThan(20);
        assertThat(curve.points()).extracting(Curve.Point::percentile).isSorted();
        assertThat(curve.points()).extracting(Curve.Point::millis).isSorted();
        assertThat(curve.points().getLast().percentile()).isEqualTo(100);
        assertThat(curve.points().getLast().millis()).isCloseTo(1_000, within(1.0));
    }

    @Test
    void aClockThatStandsCountsAsNoTime() {
        Latencies latencies = new Latencies();
        latencies.record(-5);

        assertThat(latencies.millis(100)).isZero();
    }
}
