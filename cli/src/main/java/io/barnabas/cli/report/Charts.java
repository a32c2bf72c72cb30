package io.barnabas.cli.report;

import io.barnabas.cli.rules.bench.Curve;
import io.barnabas.cli.rules.bench.Series;
import java.util.ArrayList;
import java.util.List;

/** Plots of what measurements hold. */
final class Charts {

    private static final int MOST_NINES = 5;

    private Charts() {}

    /** Something in a plot: its name there, its colour, and what to draw. */
    record Drawn<T>(String name, int colour, T what) {}

    /** Latencies by percentile. */
    static String curves(String title, List<Drawn<Curve>> curves) {
        double lowest = Double.MAX_VALUE;
        double highest = 0;
        double last = 0;
        List<LineChart.Line> lines = new ArrayList<>();
        for (Drawn<Curve> curve : curves) {
            List<LineChart.Point> points = new ArrayList<>();
            for (Curve.Point point : curve.what().points()) {
                points.add(new LineChart.Point(point.percentile(), point.millis()));
                lowest = Math.min(lowest, point.millis());
                highest = Math.max(highest, point.millis());
                last = point.percentile() < 100 ? Math.max(last, point.percentile()) : last;
            }
            lines.add(new LineChart.Line(curve.name(), curve.colour(), points));
        }
        if (highest == 0) {
            return "";
        }
        int nines = Math.clamp((long) Math.ceil(-Math.log10(Math.max(1 - last / 100, 1e-9))), 1, MOST_NINES);
        return new LineChart(
                        title,
                        new Axis.Percentiles("so many records were at most that slow", nines),
                        Axis.Logarithmic.around("ms", lowest, highest),
                        lines)
                .svg();
    }

    /** Values over time, or over kills. */
    static String series(String title, List<Drawn<Series>> series) {
        double highest = 0;
        int longest = 1;
        List<LineChart.Line> lines = new ArrayList<>();
        for (Drawn<Series> one : series) {
            List<LineChart.Point> points = new ArrayList<>();
            for (int i = 0; i < one.what().values().size(); i++) {
                double value = one.what().values().get(i);
                points.add(new LineChart.Point(i + 1, value));
                highest = Math.max(highest, value);
            }
            longest = Math.max(longest, points.size());
            lines.add(new LineChart.Line(one.name(), one.colour(), points));
        }
        if (series.isEmpty()) {
            return "";
        }
        Series first = series.getFirst().what();
        return new LineChart(
                        title, new Axis.Linear(first.step(), longest), new Axis.Linear(first.unit(), highest), lines)
                .svg();
    }
}
