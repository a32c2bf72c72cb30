package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.Observer;
import io.barnabas.chaos.rules.history.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * When partitions took no records. A partition is waited for from the invocation of a send, or from the last
 * acknowledgement while further sends are under way, until the next acknowledgement; failures do not end the wait. A
 * wait longer than the threshold is a window of unavailability. One that is under way when the history ends is a window
 * too, and one for a topic that somebody deletes is none.
 *
 * <p>It measures what clients felt, so a retry inside a client counts as waiting. Linear; a few numbers per partition
 * and 40 bytes per window.
 */
public final class Unavailability implements Observer {

    /**
     * A time without acknowledgements, in nanoseconds of the history.
     *
     * @param isOpen it had not ended when the history did
     */
    public record Window(TopicPartition partition, long fromNs, long toNs, boolean isOpen) {

        public long lengthNs() {
            return toNs - fromNs;
        }
    }

    /**
     * How long windows are, in nanoseconds; all 0 when there is none. Quantiles are of the nearest rank, thus windows
     * that really were.
     *
     * @param open windows that had not ended
     */
    public record Distribution(int count, long p50Ns, long p99Ns, long maxNs, long totalNs, int open) {

        public static Distribution of(List<Window> windows) {
            long[] lengths =
                    windows.stream().mapToLong(Window::lengthNs).sorted().toArray();
            int open = (int) windows.stream().filter(Window::isOpen).count();
            long total = 0;
            for (long length : lengths) {
                total += length;
            }
            return new Distribution(
                    lengths.length, rank(lengths, 50), rank(lengths, 99), rank(lengths, 100), total, open);
        }

        private static long rank(long[] sorted, int percent) {
            return sorted.length == 0 ? 0 : sorted[(int) (((long) sorted.length * percent + 99) / 100) - 1];
        }
    }

    /** One partition that is waited for; {@code sinceNs} is negative infinity while it is not. */
    private static final class Wait {
        long sinceNs = Long.MIN_VALUE;
        int underWay;
    }

    private final long thresholdNs;
    private final Map<TopicPartition, Wait> waits = new HashMap<>();
    private final List<Window> windows = new ArrayList<>();
    private boolean over;

    /**
     * Measures windows longer than this.
     *
     * @param thresholdNs how long an acknowledgement may take without counting, in nanoseconds
     */
    public Unavailability(long thresholdNs) {
        this.thresholdNs = thresholdNs;
    }

    @Override
    public void invoked(Event.Invocation invocation) {
        switch (invocation.call()) {
            case Call.Send send
            when send.acks() != Call.Acks.NONE -> {
                Wait wait = waits.computeIfAbsent(send.partition(), p -> new Wait());
                wait.underWay++;
                if (wait.sinceNs == Long.MIN_VALUE) {
                    wait.sinceNs = invocation.timeNs();
                }
            }
            case Call.DeleteTopic delete ->
                waits.keySet().removeIf(partition -> partition.topic().equals(delete.topic()));
            default -> {}
        }
    }

    @Override
    public void completed(Operation operation) {
        if (over || !(operation.call() instanceof Call.Send send) || send.acks() == Call.Acks.NONE) {
            return;
        }
        Wait wait = waits.get(send.partition());
        if (wait == null) {
            return;
        }
        wait.underWay = Math.max(0, wait.underWay - 1);
        if (operation.isOk()) {
            long now = operation.completion().timeNs();
            add(send.partition(), wait, now, false);
            wait.sinceNs = wait.underWay > 0 ? now : Long.MIN_VALUE;
        }
    }

    @Override
    public void ended(long timeNs) {
        over = true;
        waits.forEach((partition, wait) -> add(partition, wait, timeNs, true));
    }

    private void add(TopicPartition partition, Wait wait, long nowNs, boolean isOpen) {
        if (wait.sinceNs != Long.MIN_VALUE && nowNs - wait.sinceNs > thresholdNs) {
            windows.add(new Window(partition, wait.sinceNs, nowNs, isOpen));
        }
    }

    /** All windows, in the order in which they ended. */
    public List<Window> windows() {
        return List.copyOf(windows);
    }

    /** Over all partitions together. */
    public Distribution distribution() {
        return Distribution.of(windows);
    }

    /** Of each partition that had a window, by its name. */
    public Map<String, Distribution> byPartition() {
        Map<String, List<Window>> byName = new TreeMap<>();
        windows.forEach(window -> byName.computeIfAbsent(window.partition().toString(), p -> new ArrayList<>())
                .add(window));
        Map<String, Distribution> distributions = new TreeMap<>();
        byName.forEach((name, of) -> distributions.put(name, Distribution.of(of)));
        return distributions;
    }
}
