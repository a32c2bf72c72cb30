package io.barnabas.cli.report;

import java.util.Locale;

/** How numbers are written in tables. */
public final class Numbers {

    private Numbers() {}

    /** With enough digits to compare, and no more. */
    public static String text(double value) {
        double size = Math.abs(value);
        if (size >= 1_000) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, size >= 10 ? "%.1f" : "%.2f", value);
    }
}
