package io.barnabas.cli.rules.bench;

import java.util.List;

/**
 * Latencies by percentile.
 *
 * @param name whose latencies
 * @param points rising in both
 */
public record Curve(String name, List<Point> points) {

    /**
     * So many of all were at most that slow.
     *
     * @param percentile 0 to 100
     * @param millis the latency
     */
    public record Point(double percentile, double millis) {}

    public Curve {
        points = List.copyOf(points);
    }
}
