package io.barnabas.cli.rules.bench;

import java.util.ArrayList;
import java.util.List;

/** Counts records and bytes by the second in which they came. Not safe for several threads. */
public final class Rates {

    private static final long SECOND = 1_000_000_000L;
    private static final double MEGA = 1e6;

    private final List<long[]> seconds = new ArrayList<>();
    private long records;
    private long bytes;

    /**
     * Counts one record.
     *
     * @param elapsedNanos when it came, since the measurement began
     * @param size its bytes
     */
    public void add(long elapsedNanos, long size) {
        addAt((int) (Math.max(0, elapsedNanos) / SECOND), 1, size);
    }

    /** Counts what others counted from the same beginning. */
    public void add(Rates other) {
        for (int second = 0; second < other.seconds.size(); second++) {
            addAt(second, other.seconds.get(second)[0], other.seconds.get(second)[1]);
        }
    }

    private void addAt(int second, long count, long size) {
        while (seconds.size() <= second) {
            seconds.add(new long[2]);
        }
        seconds.get(second)[0] += count;
        seconds.get(second)[1] += size;
        records += count;
        bytes += size;
    }

    public long records() {
        return records;
    }

    public long bytes() {
        return bytes;
    }

    /** Records and bytes by the time that all of them took. */
    public List<Figure> figures(long elapsedNanos) {
        double elapsed = elapsedNanos / (double) SECOND;
        return List.of(
                Figure.high("throughput", "MB/s", bytes / MEGA / elapsed),
                Figure.high("records", "records/s", records / elapsed),
                Figure.plain("time", "s", elapsed));
    }

    /**
     * Megabytes in each second. The last second, which is not complete, is left out unless it is the only one; the
     * figures count it.
     */
    public Series megabytes(String name) {
        List<Double> values = new ArrayList<>();
        int complete = Math.max(1, seconds.size() - 1);
        for (int second = 0; second < Math.min(complete, seconds.size()); second++) {
            values.add(seconds.get(second)[1] / MEGA);
        }
        return new Series(name, "MB/s", "s", values);
    }
}
