package io.barnabas.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LagWindowTest {

    /** One sample a second, each {@code committed/end}; the window is 4 s. */
    private static LagVerdict verdict(String samples) {
        LagWindow window = new LagWindow(4_000);
        long timeMs = 50_000;
        for (String sample : samples.trim().split(" +")) {
            String[] parts = sample.split("/");
            OptionalLong committed =
                    parts[0].equals("-") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(parts[0]));
            window.add(new LagWindow.Sample(timeMs, committed, Long.parseLong(parts[1])));
            timeMs += 1_000;
        }
        return window.verdict();
    }

    @ParameterizedTest
    @CsvSource({
        // at the end now, or at any time in the window
        "9/9, OK",
        "9/9 9/20 9/20 9/20 9/20, OK",
        "9/12 12/12 12/15 12/15 12/15, OK",
        // an empty partition
        "0/0, OK",
        // the lag shrinks from commit to commit, although it grows between them
        "0/100 20/105 40/110 60/115 80/120, OK",
        "0/100 0/110 50/120 50/130 60/135, OK",
        // the same lag at every commit: it is as fast as what comes in
        "10/20 20/30 30/40 40/50 50/60, OK",
        // too few commits to call it a trend
        "0/100 0/110 0/120 5/130 5/140, OK",
        // falls behind with every commit
        "0/100 1/110 2/120 3/130 4/140, LAGGING",
        "0/100 0/150 60/200 60/250 70/300, LAGGING",
        // nothing is committed
        "5/9 5/9 5/9 5/9 5/9, STALLED",
        "5/9 5/10 5/11 5/12 5/13, STALLED",
        // was at the end once, but longer ago than the window
        "5/5 5/9 5/9 5/9 5/9 5/9, STALLED",
        // not watched for long enough
        "5/9, MEASURING",
        "5/9 5/9 5/9 5/9, MEASURING",
        // a reset begins anew
        "5/9 5/9 5/9 5/9 2/9, MEASURING",
        "5/9 5/9 5/9 5/9 2/9 3/9 4/9 5/9 6/9, OK",
        "-/9, NONE",
        "-/0, NONE",
        "-/9 -/9 -/9 -/9 -/9 3/9, MEASURING"
    })
    void commitsDecideNotTheLag(String samples, LagVerdict expected) {
        assertThat(verdict(samples)).isEqualTo(expected);
    }

    @Test
    void nothingSeenIsNothingSaid() {
        assertThat(new LagWindow(1_000).verdict()).isEqualTo(LagVerdict.MEASURING);
    }

    @Test
    void samplesMayComeLessOftenThanTheWindowIsLong() {
        LagWindow window = new LagWindow(1_000);
        window.add(new LagWindow.Sample(0, OptionalLong.of(1), 5));
        window.add(new LagWindow.Sample(10_000, OptionalLong.of(1), 5));

        assertThat(window.verdict()).isEqualTo(LagVerdict.STALLED);
    }
}
