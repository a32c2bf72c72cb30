package io.barnabas.cli.rules.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RatesTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void figuresCountEverything() {
        Rates rates = new Rates();
        rates.add(0, 1_000_000);
        rates.add(2 * SECOND + 1, 3_000_000);

        List<Figure> figures = rates.figures(4 * SECOND);

        assertThat(figures).extracting(Figure::name).containsExactly("throughput", "records", "time");
        assertThat(figures).extracting(Figure::value).containsExactly(1.0, 0.5, 4.0);
    }

    @Test
    void theSeriesHasAValueForEachSecondAndLeavesOutTheLastWhichIsNotComplete() {
        Rates rates = new Rates();
        rates.add(SECOND - 1, 1_000_000);
        rates.add(2 * SECOND, 2_000_000);
        rates.add(3 * SECOND + 5, 500);

        assertThat(rates.megabytes("x").values()).containsExactly(1.0, 0.0, 2.0);
    }

    @Test
    void aSecondThatIsTheOnlyOneIsShown() {
        Rates rates = new Rates();
        rates.add(5, 2_000_000);

        assertThat(rates.megabytes("x").values()).containsExactly(2.0);
        assertThat(new Rates().megabytes("x").values()).isEmpty();
    }

    @Test
    void addingCountsBothBySecond() {
        Rates one = new Rates();
        one.add(0, 1_000_000);
        Rates other = new Rates();
        other.add(0, 1_000_000);
        other.add(SECOND, 7);

        one.add(other);

        assertThat(one.records()).isEqualTo(3);
        assertThat(one.bytes()).isEqualTo(2_000_007);
        assertThat(one.megabytes("x").values()).containsExactly(2.0);
    }
}
