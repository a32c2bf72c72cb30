package io.barnabas.chaos.rules.timeline;

import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Observer;
import io.barnabas.chaos.rules.history.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How many writes (records with acks other than 0, and registers) were acknowledged in each stretch of the run, and how
 * long they took. The latencies of one stretch are kept at a time.
 */
public final class Pace implements Observer {

    /**
     * One stretch of the run.
     *
     * @param fromNs its beginning
     * @param acknowledged how many writes were acknowledged in it
     * @param p50Ns of those, from their invocation to their acknowledgement; 0 when there are none
     * @param p99Ns likewise; quantiles are of the nearest rank
     */
    public record Stretch(long fromNs, long acknowledged, long p50Ns, long p99Ns) {}

    private final long beginNs;
    private final long lengthNs;
    private final List<Stretch> stretches = new ArrayList<>();
    private long[] latencies = new long[64];
    private int size;
    private long acknowledged;

    /**
     * Observes a run.
     *
     * @param beginNs its first event
     * @param lengthNs of each stretch
     */
    public Pace(long beginNs, long lengthNs) {
        this.beginNs = beginNs;
        this.lengthNs = lengthNs;
    }

    @Override
    public void completed(Operation operation) {
        if (!operation.isOk() || !isWrite(operation.call())) {
            return;
        }
        goTo(operation.completion().timeNs());
        if (size == latencies.length) {
            latencies = Arrays.copyOf(latencies, size * 2);
        }
        latencies[size] =
                operation.completion().timeNs() - operation.invocation().timeNs();
        size++;
        acknowledged++;
    }

    private static boolean isWrite(Call call) {
        return call instanceof Call.RegisterWrite || call instanceof Call.Send send && send.acks() != Call.Acks.NONE;
    }

    @Override
    public void ended(long timeNs) {
        goTo(timeNs);
        close();
    }

    /** Ends all stretches that end before this time. */
    private void goTo(long timeNs) {
        while (timeNs - beginNs >= (stretches.size() + 1) * lengthNs) {
            close();
        }
    }

    private void close() {
        Arrays.sort(latencies, 0, size);
        stretches.add(new Stretch(beginNs + stretches.size() * lengthNs, size, rank(50), rank(99)));
        size = 0;
    }

    private long rank(int percent) {
        return size == 0 ? 0 : latencies[(int) (((long) size * percent + 99) / 100) - 1];
    }

    /** All stretches, from the beginning; once the run has been seen. */
    public List<Stretch> stretches() {
        return List.copyOf(stretches);
    }

    /** How many writes were acknowledged in the whole run. */
    public long acknowledged() {
        return acknowledged;
    }
}
