package io.barnabas.cli.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A plot of when something was so, one row for each thing, as SVG. The axis below lies as that of a {@link LineChart}.
 *
 * @param title what it shows
 * @param x the axis below
 * @param bands behind all rows
 * @param rows from the top
 */
public record SpanChart(String title, Axis x, List<Band> bands, List<Row> rows) {

    private static final int WIDTH = 960;
    private static final int LEFT = 70;
    private static final int RIGHT = 220;
    private static final int TOP = 40;
    private static final int BELOW = 50;
    private static final int ROW = 16;
    private static final int BAR = 10;

    /** Bars that are nearer to each other than this share of the axis become one: nobody could see between them. */
    private static final double NEAREST = 0.0005;

    /**
     * One row.
     *
     * @param name at its right
     * @param spans in the order of their beginnings
     */
    public record Row(String name, List<Band> spans) {}

    public String svg() {
        int bottom = TOP + ROW * rows.size();
        Svg svg = new Svg(title, new Svg.Frame(WIDTH, bottom + BELOW, LEFT, TOP, WIDTH - RIGHT, bottom));
        svg.below(x);
        bands.forEach(band -> svg.band(x, band));
        for (int i = 0; i < rows.size(); i++) {
            int top = TOP + ROW * i;
            svg.text(WIDTH - RIGHT + 8, top + ROW - 4, "row", rows.get(i).name());
            for (Band span : joined(rows.get(i).spans())) {
                double from = across(span.from());
                svg.add(
                        "<rect class=\"span\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>%s</title></rect>",
                        from,
                        top + (ROW - BAR) / 2,
                        Math.max(0.5, across(span.to()) - from),
                        BAR,
                        Html.escape(span.detail()));
            }
        }
        return svg.end();
    }

    private List<Band> joined(List<Band> spans) {
        List<Band> joined = new ArrayList<>();
        for (Band span : spans) {
            Band last = joined.isEmpty() ? null : joined.getLast();
            if (last != null && x.position(span.from()) - x.position(last.to()) < NEAREST) {
                joined.removeLast();
                joined.add(new Band(
                        last.from(),
                        Math.max(last.to(), span.to()),
                        last.label(),
                        last.detail() + "\n" + span.detail()));
            } else {
                joined.add(span);
            }
        }
        return joined;
    }

    private double across(double value) {
        return LEFT + Math.clamp(x.position(value), 0, 1) * (WIDTH - LEFT - RIGHT);
    }
}
