package io.barnabas.chaos.report;

import io.barnabas.chaos.rules.check.Unavailability;
import io.barnabas.chaos.rules.timeline.Overview;
import io.barnabas.chaos.rules.timeline.Pace;
import io.barnabas.cli.report.Axis;
import io.barnabas.cli.report.Band;
import io.barnabas.cli.report.LineChart;
import io.barnabas.cli.report.SpanChart;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The plots over time, one below the other with the same axis: faults, acknowledgements, latencies, silences. */
final class Timeline {

    private static final long SECOND_NS = 1_000_000_000L;

    /** More points than that are finer than the plot's lines. */
    private static final long MOST_STRETCHES = 600;

    /** Rows of the plot of silences: those of the partitions that were silent longest. */
    private static final int MOST_PARTITIONS = 48;

    private final Overview overview;
    private final Pace pace;
    private final Unavailability unavailability;
    private final Axis time;
    private final List<Band> bands;

    Timeline(Overview overview, Pace pace, Unavailability unavailability) {
        this.overview = overview;
        this.pace = pace;
        this.unavailability = unavailability;
        this.time = new Axis.Linear("seconds since the beginning of the run", Math.max(1, overview.lengthSeconds()));
        this.bands = overview.faults().stream()
                .map(fault -> band(fault.fromNs(), fault.toNs(), fault.label()))
                .toList();
    }

    /** How long each point of the plots is: a second, or as many as a long run needs. */
    static long stretchNs(Overview overview) {
        long seconds = (long) Math.ceil(overview.lengthSeconds());
        return SECOND_NS * Math.max(1, Math.ceilDiv(seconds, MOST_STRETCHES));
    }

    String svg() {
        return "<h2>Over time</h2>\n" + faults() + acknowledgements() + latencies() + silences();
    }

    private String faults() {
        Map<String, List<Band>> rows = new TreeMap<>();
        for (Overview.Fault fault : overview.faults()) {
            rows.computeIfAbsent(fault.label(), label -> new ArrayList<>())
                    .add(band(fault.fromNs(), fault.toNs(), fault.label()));
        }
        return rows.isEmpty() ? "" : new SpanChart("Faults", time, List.of(), rows(rows)).svg();
    }

    private String acknowledgements() {
        double perSecond = (double) SECOND_NS / stretchNs(overview);
        List<LineChart.Point> points = new ArrayList<>();
        double highest = 0;
        for (Pace.Stretch stretch : pace.stretches()) {
            double rate = stretch.acknowledged() * perSecond;
            points.add(new LineChart.Point(overview.seconds(stretch.fromNs()), rate));
            highest = Math.max(highest, rate);
        }
        return new LineChart(
                        "Acknowledged writes",
                        time,
                        new Axis.Linear("per second", Math.max(1, highest)),
                        bands,
                        List.of(new LineChart.Line("acknowledged per second", 0, points)))
                .svg();
    }

    private String latencies() {
        List<LineChart.Point> median = new ArrayList<>();
        List<LineChart.Point> p99 = new ArrayList<>();
        double lowest = Double.MAX_VALUE;
        double highest = 0;
        for (Pace.Stretch stretch : pace.stretches()) {
            double at = overview.seconds(stretch.fromNs());
            boolean isSilent = stretch.acknowledged() == 0;
            median.add(new LineChart.Point(at, isSilent ? Double.NaN : stretch.p50Ns() / 1e6));
            p99.add(new LineChart.Point(at, isSilent ? Double.NaN : stretch.p99Ns() / 1e6));
            lowest = isSilent ? lowest : Math.min(lowest, stretch.p50Ns() / 1e6);
            highest = Math.max(highest, stretch.p99Ns() / 1e6);
        }
        if (highest == 0) {
            return "";
        }
        return new LineChart(
                        "Time to acknowledge",
                        time,
                        Axis.Logarithmic.around("ms", lowest, highest),
                        bands,
                        List.of(
                                new LineChart.Line("half were at most that slow", 0, median),
                                new LineChart.Line("99 % were at most that slow", 1, p99)))
                .svg();
    }

    private String silences() {
        Map<String, List<Band>> rows = new TreeMap<>();
        List<String> worst = unavailability.byPartition().entrySet().stream()
                .sorted(Comparator.comparingLong(one -> -one.getValue().totalNs()))
                .limit(MOST_PARTITIONS)
                .map(Map.Entry::getKey)
                .toList();
        unavailability.windows().stream()
                .filter(window -> worst.contains(window.partition().toString()))
                .sorted(Comparator.comparingLong(Unavailability.Window::fromNs))
                .forEach(window -> rows.computeIfAbsent(window.partition().toString(), name -> new ArrayList<>())
                        .add(band(window.fromNs(), window.toNs(), "unavailable")));
        if (rows.isEmpty()) {
            return "";
        }
        int left = unavailability.byPartition().size() - worst.size();
        String title = left > 0
                ? "Unavailable partitions (" + left + " more were so for a shorter time)"
                : "Unavailable partitions";
        return new SpanChart(title, time, bands, rows(rows)).svg();
    }

    private static List<SpanChart.Row> rows(Map<String, List<Band>> spans) {
        return spans.entrySet().stream()
                .map(row -> new SpanChart.Row(row.getKey(), row.getValue()))
                .toList();
    }

    private Band band(long fromNs, long toNs, String what) {
        double from = overview.seconds(fromNs);
        double to = overview.seconds(toNs);
        return new Band(from, to, what, String.format(Locale.ROOT, "%s, %.3f to %.3f s", what, from, to));
    }
}
