package io.barnabas.cli.rules.bench;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** Collects latencies, to the microsecond and to three digits. Not safe for several threads. */
public final class Latencies {

    private static final int DIGITS = 3;
    private static final int TICKS_PER_HALF_DISTANCE = 5;

    private final Histogram micros = new Histogram(DIGITS);

    public void record(long nanos) {
        micros.recordValue(Math.max(0, nanos) / 1_000);
    }

    public void add(Latencies other) {
        micros.add(other.micros);
    }

    public long count() {
        return micros.getTotalCount();
    }

    /** A percentile in milliseconds; 100 is the longest. */
    public double millis(double percentile) {
        return micros.getValueAtPercentile(percentile) / 1_000.0;
    }

    /** The percentiles that tables show. */
    public List<Figure> figures(String name) {
        return List.of(
                Figure.low(name + " p50", "ms", millis(50)),
                Figure.low(name + " p95", "ms", millis(95)),
                Figure.low(name + " p99", "ms", millis(99)),
                Figure.low(name + " p99.9", "ms", millis(99.9)),
                Figure.low(name + " max", "ms", millis(100)));
    }

    public Curve curve(String name) {
        List<Curve.Point> points = new ArrayList<>();
        for (HistogramIterationValue value : micros.percentiles(TICKS_PER_HALF_DISTANCE)) {
            points.add(new Curve.Point(value.getPercentileLevelIteratedTo(), value.getValueIteratedTo() / 1_000.0));
        }
        return new Curve(name, points);
    }
}
