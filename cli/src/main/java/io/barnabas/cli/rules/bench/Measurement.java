package io.barnabas.cli.rules.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one run of one workload found.
 *
 * @param workload its name
 * @param settings what it was asked to do, in the order in which to show it
 * @param figures the numbers
 * @param curves latencies by percentile
 * @param series values over time
 */
public record Measurement(
        String workload, Map<String, String> settings, List<Figure> figures, List<Curve> curves, List<Series> series) {

    public Measurement {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        figures = List.copyOf(figures);
        curves = List.copyOf(curves);
        series = List.copyOf(series);
    }

    /** The same under another name. */
    public Measurement named(String name) {
        return new Measurement(name, settings, figures, curves, series);
    }

    /** The same with more figures at the end. */
    public Measurement with(List<Figure> more) {
        List<Figure> all = new ArrayList<>(figures);
        all.addAll(more);
        return new Measurement(workload, settings, all, curves, series);
    }
}
