package io.barnabas.cli.rules.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    static Comparison.Run run(int round, String system, Figure figure) {
        return new Comparison.Run(
                round, system, new Measurement("produce", Map.of(), List.of(figure), List.of(), List.of()));
    }

    private static Comparison.Row row(Figure.Better better, double[] theirs, double[] ours) {
        List<Comparison.Run> runs = new ArrayList<>();
        for (int i = 0; i < theirs.length; i++) {
            runs.add(run(i + 1, "A", new Figure("f", "u", theirs[i], better)));
        }
        for (int i = 0; i < ours.length; i++) {
            runs.add(run(i + 1, "B", new Figure("f", "u", ours[i], better)));
        }
        List<Comparison.Row> rows = new Comparison("A", "B", Map.of(), runs, List.of()).rows();
        assertThat(rows).hasSize(1);
        return rows.getFirst();
    }

    @Test
    void turnsAlternate() {
        assertThat(ComparePlan.turns(2, List.of("A", "B")))
                .containsExactly(
                        new ComparePlan.Turn(1, "A"),
                        new ComparePlan.Turn(1, "B"),
                        new ComparePlan.Turn(2, "A"),
                        new ComparePlan.Turn(2, "B"));
    }

    @Test
    void theRatioIsOfTheMediansAndItsSpreadThatOfTheRounds() {
        Comparison.Row row = row(Figure.Better.HIGHER, new double[] {10, 20, 30}, new double[] {40, 30, 15});

        assertThat(row.ratio()).contains(1.5);
        assertThat(row.ratiosByRound().orElseThrow().values()).containsExactly(4.0, 1.5, 0.5);
        assertThat(row.isBetter()).contains(true);
    }

    @Test
    void lowerIsBetterForLatencies() {
        assertThat(row(Figure.Better.LOWER, new double[] {10}, new double[] {20})
                        .isBetter())
                .contains(false);
        assertThat(row(Figure.Better.LOWER, new double[] {10}, new double[] {10})
                        .isBetter())
                .isEmpty();
        assertThat(row(Figure.Better.NEITHER, new double[] {10}, new double[] {20})
                        .isBetter())
                .isEmpty();
    }

    @Test
    void whatOneSideDidNotMeasureHasNoRatioAndIsNotLost() {
        Comparison.Row row = row(Figure.Better.HIGHER, new double[] {10}, new double[] {});

        assertThat(row.ratio()).isEmpty();
        assertThat(row.ratiosByRound()).isEmpty();
        assertThat(row.isBetter()).isEmpty();
        assertThat(row.baseline()).containsEntry(1, 10.0);
    }

    @Test
    void aRoundThatFailedOnOneSideIsLeftOutOfTheSpreadOnly() {
        Comparison.Row row = row(Figure.Better.HIGHER, new double[] {10, 20}, new double[] {30});

        assertThat(row.ratio()).contains(2.0);
        assertThat(row.ratiosByRound().orElseThrow().values()).containsExactly(3.0);
    }

    @Test
    void nothingIsDividedByZero() {
        assertThat(row(Figure.Better.LOWER, new double[] {0}, new double[] {1}).ratio())
                .isEmpty();
    }
}
