package io.barnabas.cli.rules.bench;

import java.util.List;

/**
 * Values one after the other.
 *
 * @param name what was measured
 * @param unit its unit
 * @param step what lies between two values: {@code s} for a value each second, or a word such as {@code kill}
 * @param values the values, the first after one step
 */
public record Series(String name, String unit, String step, List<Double> values) {

    public Series {
        values = List.copyOf(values);
    }
}
