package io.barnabas.cli.report;

import java.util.List;
import java.util.Locale;

/**
 * A plot of lines, as SVG.
 *
 * @param title what it shows
 * @param x the axis below
 * @param y the axis at the left
 * @param bands behind the lines
 * @param lines what to draw
 */
public record LineChart(String title, Axis x, Axis y, List<Band> bands, List<Line> lines) {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 320;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 40;
    private static final int BOTTOM = 50;
    private static final int LEGEND_LINE = 16;

    /** A plot without bands. */
    LineChart(String title, Axis x, Axis y, List<Line> lines) {
        this(title, x, y, List.of(), lines);
    }

    /**
     * One line.
     *
     * @param name for the legend
     * @param colour which of the page's colours, from 0
     * @param points from left to right
     */
    public record Line(String name, int colour, List<Point> points) {}

    /** A point of a line; a {@code y} that is no number breaks the line. */
    public record Point(double x, double y) {}

    public String svg() {
        int height = HEIGHT + LEGEND_LINE * lines.size();
        Svg.Frame frame = new Svg.Frame(WIDTH, height, LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM);
        Svg svg = new Svg(title, frame);
        svg.left(y);
        svg.below(x);
        bands.forEach(band -> svg.band(x, band));
        for (int i = 0; i < lines.size(); i++) {
            line(svg, frame, lines.get(i), HEIGHT + LEGEND_LINE * i);
        }
        return svg.end();
    }

    private void line(Svg svg, Svg.Frame frame, Line line, int legend) {
        StringBuilder path = new StringBuilder();
        boolean isBroken = true;
        for (Point point : line.points()) {
            if (Double.isNaN(point.y())) {
                isBroken = true;
            } else {
                path.append(String.format(
                        Locale.ROOT,
                        "%s%.1f %.1f",
                        isBroken ? "M" : "L",
                        frame.across(x.position(point.x())),
                        frame.up(y.position(point.y()))));
                isBroken = false;
            }
        }
        svg.add("<path class=\"line c%d\" d=\"%s\"/>", line.colour(), path);
        if (line.points().size() == 1) {
            Point only = line.points().getFirst();
            svg.add(
                    "<circle class=\"line c%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>",
                    line.colour(), frame.across(x.position(only.x())), frame.up(y.position(only.y())));
        }
        svg.add("<path class=\"line c%d\" d=\"M%d %dh24\"/>", line.colour(), LEFT, legend - 4);
        svg.text(LEFT + 32, legend, "legend", line.name());
    }
}
