package io.barnabas.cli.rules.bench;

/**
 * One number that a measurement found.
 *
 * @param name what was measured
 * @param unit its unit, such as {@code MB/s}; MB and GB are powers of ten
 * @param value the number
 * @param better which way is better
 */
public record Figure(String name, String unit, double value, Better better) {

    /** Which way a number is better. */
    public enum Better {
        HIGHER,
        LOWER,
        /** It describes the measurement and says nothing of its quality. */
        NEITHER
    }

    public static Figure high(String name, String unit, double value) {
        return new Figure(name, unit, value, Better.HIGHER);
    }

    public static Figure low(String name, String unit, double value) {
        return new Figure(name, unit, value, Better.LOWER);
    }

    public static Figure plain(String name, String unit, double value) {
        return new Figure(name, unit, value, Better.NEITHER);
    }
}
