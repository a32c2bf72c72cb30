package io.barnabas.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Where values stand along a side of a plot. */
public sealed interface Axis permits Axis.Linear, Axis.Logarithmic, Axis.Percentiles {

    /** What is shown along it. */
    String label();

    /** 0 at its beginning, 1 at its end. */
    double position(double value);

    List<Tick> ticks();

    /** A value that is written beside the axis. */
    record Tick(double value, String text) {}

    /** From 0 to {@code max}. */
    record Linear(String label, double max) implements Axis {

        private static final int TICKS = 5;

        @Override
        public double position(double value) {
            return max <= 0 ? 0 : value / max;
        }

        @Override
        public List<Tick> ticks() {
            double step = step();
            List<Tick> ticks = new ArrayList<>();
            for (int i = 0; i * step <= max * 1.0001; i++) {
                ticks.add(new Tick(i * step, Axis.text(i * step)));
            }
            return ticks;
        }

        /** A power of ten, or two or five times one. */
        private double step() {
            if (max <= 0) {
                return 1;
            }
            double rough = max / TICKS;
            double power = Math.pow(10, Math.floor(Math.log10(rough)));
            double lead = rough / power;
            return power * (lead > 5 ? 10 : lead > 2 ? 5 : lead > 1 ? 2 : 1);
        }
    }

    /** From one power of ten to another. */
    record Logarithmic(String label, int lowestPower, int highestPower) implements Axis {

        /** Just wide enough. */
        public static Logarithmic around(String label, double lowest, double highest) {
            int low = (int) Math.floor(Math.log10(Math.max(lowest, 0.001)));
            int high = (int) Math.ceil(Math.log10(Math.max(highest, 0.001)));
            return new Logarithmic(label, low, Math.max(high, low + 1));
        }

        @Override
        public double position(double value) {
            double power = Math.log10(Math.max(value, Math.pow(10, lowestPower)));
            return (power - lowestPower) / (highestPower - lowestPower);
        }

        @Override
        public List<Tick> ticks() {
            List<Tick> ticks = new ArrayList<>();
            for (int power = lowestPower; power <= highestPower; power++) {
                double value = Math.pow(10, power);
                ticks.add(new Tick(value, Axis.text(value)));
            }
            return ticks;
        }
    }

    /** Percentiles, each nine as wide as the one before; the longest of all stands at the end. */
    record Percentiles(String label, int nines) implements Axis {

        @Override
        public double position(double value) {
            double rest = Math.max(1 - value / 100, Math.pow(10, -nines));
            return -Math.log10(rest) / nines;
        }

        @Override
        public List<Tick> ticks() {
            List<Tick> ticks = new ArrayList<>();
            for (int i = 0; i < nines; i++) {
                double value = 100 - 100 * Math.pow(10, -i);
                ticks.add(new Tick(value, Axis.text(value) + " %"));
            }
            ticks.add(new Tick(100, "max"));
            return ticks;
        }
    }

    /** Without digits that say nothing. */
    static String text(double value) {
        return String.format(Locale.ROOT, "%.4f", value).replaceFirst("\\.?0+$", "");
    }
}
