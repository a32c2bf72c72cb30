package io.barnabas.cli.report;

import java.util.Locale;

/** A plot's frame, and what is drawn into it. */
final class Svg {

    private static final int TITLE_LINE = 20;
    private static final int LABEL_GAP = 6;
    private static final double LETTER_WIDTH = 5.5;

    private final StringBuilder out = new StringBuilder();
    private final Frame frame;

    /**
     * Where the plot lies on its drawing.
     *
     * @param width of the drawing
     * @param height of the drawing
     * @param left of the plot, and so on: all in the drawing's own units
     */
    record Frame(int width, int height, int left, int top, int right, int bottom) {

        /** Where a part of the way from left to right lies. */
        double across(double part) {
            return left + Math.clamp(part, 0, 1) * (right - left);
        }

        /** Where a part of the way from below to the top lies. */
        double up(double part) {
            return bottom - Math.clamp(part, 0, 1) * (bottom - top);
        }
    }

    Svg(String title, Frame frame) {
        this.frame = frame;
        add(
                "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"%s\">",
                frame.width(), frame.height(), frame.width(), frame.height(), Html.escape(title));
        text(frame.width() / 2.0, TITLE_LINE, "title", title);
    }

    /** Lines upwards from each tick of the axis below, and its label. */
    void below(Axis x) {
        for (Axis.Tick tick : x.ticks()) {
            double at = frame.across(x.position(tick.value()));
            add("<path class=\"grid\" d=\"M%.1f %dV%d\"/>", at, frame.top(), frame.bottom());
            text(at, frame.bottom() + 16, "below", tick.text());
        }
        text((frame.left() + frame.right()) / 2.0, frame.bottom() + 34, "below", x.label());
    }

    /** Lines across from each tick of the axis at the left, and its label. */
    void left(Axis y) {
        for (Axis.Tick tick : y.ticks()) {
            double at = frame.up(y.position(tick.value()));
            add("<path class=\"grid\" d=\"M%d %.1fH%d\"/>", frame.left(), at, frame.right());
            text(frame.left() - LABEL_GAP, at + 4, "left", tick.text());
        }
        text(frame.left() - LABEL_GAP, frame.top() - 10, "left", y.label());
    }

    /** A stretch of the axis below, behind whatever is drawn later; with its label where there is room. */
    void band(Axis x, Band band) {
        double from = frame.across(x.position(band.from()));
        double width = Math.max(1, frame.across(x.position(band.to())) - from);
        add(
                "<rect class=\"band\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>%s</title></rect>",
                from, frame.top(), width, frame.bottom() - frame.top(), Html.escape(band.detail()));
        if (width >= LETTER_WIDTH * band.label().length()) {
            text(from + 2, frame.top() + 10, "band", band.label());
        }
    }

    void text(double x, double y, String kind, String text) {
        add("<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>", kind, x, y, Html.escape(text));
    }

    void add(String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments));
    }

    String end() {
        return out.append("</svg>\n").toString();
    }
}
