package io.barnabas.cli.report;

import java.util.List;
import java.util.Locale;

/**
 * A plot of lines, as SVG.
 *
 * @param title what it shows
 * @param x the axis below
 * @param y the axis at the left
 * @param lines what to draw
 */
record LineChart(String title, Axis x, Axis y, List<Line> lines) {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 320;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 40;
    private static final int BOTTOM = 50;
    private static final int LEGEND_LINE = 16;

    /**
     * One line.
     *
     * @param name for the legend
     * @param colour which of the page's colours, from 0
     * @param points from left to right
     */
    record Line(String name, int colour, List<Point> points) {}

    record Point(double x, double y) {}

    String svg() {
        int height = HEIGHT + LEGEND_LINE * lines.size();
        StringBuilder svg = new StringBuilder();
        add(
                svg,
                "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"%s\">",
                WIDTH,
                height,
                WIDTH,
                height,
                Html.escape(title));
        text(svg, WIDTH / 2.0, 20, "title", title);
        for (Axis.Tick tick : y.ticks()) {
            double at = down(tick.value());
            add(svg, "<path class=\"grid\" d=\"M%d %.1fH%d\"/>", LEFT, at, WIDTH - RIGHT);
            text(svg, LEFT - 6, at + 4, "left", tick.text());
        }
        for (Axis.Tick tick : x.ticks()) {
            double at = across(tick.value());
            add(svg, "<path class=\"grid\" d=\"M%.1f %dV%d\"/>", at, TOP, HEIGHT - BOTTOM);
            text(svg, at, HEIGHT - BOTTOM + 16, "below", tick.text());
        }
        text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - BOTTOM + 34, "below", x.label());
        text(svg, LEFT - 6, TOP - 10, "left", y.label());
        for (int i = 0; i < lines.size(); i++) {
            line(svg, lines.get(i), HEIGHT + LEGEND_LINE * i);
        }
        return svg.append("</svg>\n").toString();
    }

    private void line(StringBuilder svg, Line line, int legend) {
        StringBuilder path = new StringBuilder();
        for (Point point : line.points()) {
            add(path, "%s%.1f %.1f", path.isEmpty() ? "M" : "L", across(point.x()), down(point.y()));
        }
        add(svg, "<path class=\"line c%d\" d=\"%s\"/>", line.colour(), path);
        if (line.points().size() == 1) {
            Point only = line.points().getFirst();
            add(
                    svg,
                    "<circle class=\"line c%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>",
                    line.colour(),
                    across(only.x()),
                    down(only.y()));
        }
        add(svg, "<path class=\"line c%d\" d=\"M%d %dh24\"/>", line.colour(), LEFT, legend - 4);
        text(svg, LEFT + 32, legend, "legend", line.name());
    }

    private double across(double value) {
        return LEFT + Math.clamp(x.position(value), 0, 1) * (WIDTH - LEFT - RIGHT);
    }

    private double down(double value) {
        return HEIGHT - BOTTOM - Math.clamp(y.position(value), 0, 1) * (HEIGHT - BOTTOM - TOP);
    }

    private static void text(StringBuilder svg, double x, double y, String kind, String text) {
        add(svg, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>", kind, x, y, Html.escape(text));
    }

    private static void add(StringBuilder out, String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments));
    }
}
