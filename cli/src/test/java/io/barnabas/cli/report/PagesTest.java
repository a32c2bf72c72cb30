package io.barnabas.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.barnabas.cli.rules.bench.Comparison;
import io.barnabas.cli.rules.bench.Curve;
import io.barnabas.cli.rules.bench.Figure;
import io.barnabas.cli.rules.bench.Measurement;
import io.barnabas.cli.rules.bench.Series;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class PagesTest {

    private static Measurement measurement(double megabytes) {
        return new Measurement(
                "produce",
                Map.of("rate", "<flat out>"),
                List.of(Figure.high("throughput", "MB/s", megabytes), Figure.low("silence", "ms", 12_345)),
                List.of(new Curve(
                        "acknowledgement",
                        List.of(new Curve.Point(0, 1), new Curve.Point(99, 20), new Curve.Point(100, 80)))),
                List.of(new Series("acknowledged", "MB/s", "s", List.of(1.0, megabytes, 3.0))));
    }

    /** The plots and tables are well-formed, and the page fetches nothing. */
    private static void check(String page, int plots) throws Exception {
        assertThat(page).doesNotContain("http:", "https:", "src=", "href=", "@import", "<flat out>");
        Matcher svg = Pattern.compile("<svg.*?</svg>", Pattern.DOTALL).matcher(page);
        int found = 0;
        while (svg.find()) {
            found++;
            DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(svg.group())));
            assertThat(svg.group()).doesNotContain("NaN", "Infinity");
        }
        assertThat(found).isEqualTo(plots);
    }

    @Test
    void aMeasurementIsToldInTablesAndPlots() throws Exception {
        String page = MeasurementPage.of(measurement(34.5));

        assertThat(page).contains("throughput", "34.5", "12,345", "&lt;flat out&gt;");
        check(page, 2);
    }

    @Test
    void aComparisonTellsBothSidesAndWhatFailed() throws Exception {
        Comparison comparison = new Comparison(
                "Kafka",
                "Barnabas",
                Map.of("rounds", "1"),
                List.of(
                        new Comparison.Run(1, "Kafka", measurement(20)),
                        new Comparison.Run(1, "Barnabas", measurement(50))),
                List.of("round 1, Kafka, failover failed: no <leader>"));

        String page = ComparisonPage.of(comparison);

        assertThat(page).contains("Kafka, round 1", "Barnabas, round 1", "2.50", "better", "no &lt;leader&gt;");
        check(page, 2);
        assertThat(ComparisonPage.rows(comparison).getFirst())
                .containsEntry("Kafka", "20.0")
                .containsEntry("Barnabas", "50.0")
                .containsEntry("ratio", "2.50");
        assertThat(ComparisonPage.tree(comparison)).containsKeys("figures", "runs", "failures", "settings");
    }

    @Test
    void eachNineIsAsWideAsTheOneBefore() {
        Axis axis = new Axis.Percentiles("", 3);

        assertThat(axis.position(0)).isZero();
        assertThat(axis.position(90)).isCloseTo(1 / 3.0, within(1e-9));
        assertThat(axis.position(99)).isCloseTo(2 / 3.0, within(1e-9));
        assertThat(axis.position(100)).isEqualTo(1);
        assertThat(axis.ticks()).extracting(Axis.Tick::text).containsExactly("0 %", "90 %", "99 %", "max");
    }

    @Test
    void linearTicksAreRoundNumbers() {
        assertThat(new Axis.Linear("", 34.5).ticks())
                .extracting(Axis.Tick::text)
                .containsExactly("0", "10", "20", "30");
        assertThat(new Axis.Linear("", 0).ticks()).hasSize(1);
    }

    @Test
    void logarithmicTicksArePowersOfTen() {
        Axis axis = Axis.Logarithmic.around("ms", 0.4, 80);

        assertThat(axis.ticks()).extracting(Axis.Tick::text).containsExactly("0.1", "1", "10", "100");
        assertThat(axis.position(1)).isCloseTo(1 / 3.0, within(1e-9));
        assertThat(axis.position(0)).isZero();
    }

    @Test
    void plotsWithNothingInThemAreLeftOut() {
        assertThat(Charts.curves("none", List.of())).isEmpty();
        assertThat(Charts.series("none", List.of())).isEmpty();
    }
}
