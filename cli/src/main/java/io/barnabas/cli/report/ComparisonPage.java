package io.barnabas.cli.report;

import io.barnabas.cli.rules.bench.Comparison;
import io.barnabas.cli.rules.bench.Curve;
import io.barnabas.cli.rules.bench.Sample;
import io.barnabas.cli.rules.bench.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a comparison found: as rows of a table, as a page, and as a tree for JSON. */
public final class ComparisonPage {

    private ComparisonPage() {}

    /** One row a figure; the ratio is the candidate's over the baseline's. */
    public static List<Map<String, Object>> rows(Comparison comparison) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Comparison.Row row : comparison.rows()) {
            Map<String, Object> cells = new LinkedHashMap<>();
            cells.put("workload", row.workload());
            cells.put("figure", row.figure());
            cells.put("unit", row.unit());
            cells.put(comparison.baseline(), median(row.baseline()));
            cells.put(comparison.candidate(), median(row.candidate()));
            cells.put("ratio", row.ratio().map(Numbers::text).orElse("-"));
            cells.put(
                    "of single rounds",
                    row.ratiosByRound().map(ComparisonPage::spread).orElse("-"));
            cells.put(
                    "",
                    row.isBetter().map(better -> better ? "better" : "worse").orElse(""));
            rows.add(cells);
        }
        return rows;
    }

    private static String median(Map<Integer, Double> values) {
        return Comparison.Row.median(values).map(Numbers::text).orElse("not measured");
    }

    private static String spread(Sample ratios) {
        return Numbers.text(ratios.lowest()) + " to " + Numbers.text(ratios.highest());
    }

    /** Everything, with each value of each round. */
    public static Map<String, Object> tree(Comparison comparison) {
        List<Map<String, Object>> figures = new ArrayList<>();
        for (Comparison.Row row : comparison.rows()) {
            Map<String, Object> figure = new LinkedHashMap<>();
            figure.put("workload", row.workload());
            figure.put("figure", row.figure());
            figure.put("unit", row.unit());
            figure.put("better", row.better());
            figure.put("baseline", row.baseline());
            figure.put("candidate", row.candidate());
            put(figure, "baselineMedian", Comparison.Row.median(row.baseline()));
            put(figure, "candidateMedian", Comparison.Row.median(row.candidate()));
            put(figure, "ratio", row.ratio());
            put(figure, "lowestRatio", row.ratiosByRound().map(Sample::lowest));
            put(figure, "highestRatio", row.ratiosByRound().map(Sample::highest));
            put(figure, "isBetter", row.isBetter());
            figures.add(figure);
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("baseline", comparison.baseline());
        tree.put("candidate", comparison.candidate());
        tree.put("settings", comparison.settings());
        tree.put("failures", comparison.failures());
        tree.put("figures", figures);
        tree.put("runs", comparison.runs());
        return tree;
    }

    private static void put(Map<String, Object> fields, String name, Optional<?> value) {
        value.ifPresent(present -> fields.put(name, present));
    }

    public static String of(Comparison comparison) {
        StringBuilder body = new StringBuilder();
        body.append(Html.table(
                List.of("setting", "value"),
                2,
                comparison.settings().entrySet().stream()
                        .map(setting -> List.of(setting.getKey(), setting.getValue()))
                        .toList()));
        if (!comparison.failures().isEmpty()) {
            body.append(Html.table(
                    List.of("failed"),
                    1,
                    comparison.failures().stream().map(List::of).toList()));
        }
        for (String workload : comparison.workloads()) {
            body.append("<h2>").append(Html.escape(workload)).append("</h2>\n");
            List<Map<String, Object>> rows = rows(comparison).stream()
                    .filter(row -> row.get("workload").equals(workload))
                    .toList();
            body.append(Html.table(
                    List.copyOf(rows.getFirst().keySet())
                            .subList(1, rows.getFirst().size()),
                    2,
                    rows.stream()
                            .map(row ->
                                    row.values().stream().map(Object::toString).toList())
                            .map(row -> row.subList(1, row.size()))
                            .toList()));
            plots(body, comparison, workload);
        }
        return Html.page(comparison.candidate() + " beside " + comparison.baseline(), body.toString());
    }

    private static void plots(StringBuilder body, Comparison comparison, String workload) {
        Map<String, List<Charts.Drawn<Curve>>> curves = new LinkedHashMap<>();
        Map<String, List<Charts.Drawn<Series>>> series = new LinkedHashMap<>();
        for (Comparison.Run run : comparison.runs()) {
            if (run.measurement().workload().equals(workload)) {
                int colour = run.system().equals(comparison.baseline()) ? 1 : 0;
                String name = run.system() + ", round " + run.round();
                run.measurement()
                        .curves()
                        .forEach(curve -> curves.computeIfAbsent(curve.name(), absent -> new ArrayList<>())
                                .add(new Charts.Drawn<>(name, colour, curve)));
                run.measurement()
                        .series()
                        .forEach(one -> series.computeIfAbsent(one.name(), absent -> new ArrayList<>())
                                .add(new Charts.Drawn<>(name, colour, one)));
            }
        }
        curves.forEach((name, drawn) -> body.append(Charts.curves("Latency by percentile: " + name, drawn)));
        series.forEach((name, drawn) -> body.append(Charts.series(name, drawn)));
    }
}
