package io.barnabas.chaos.rules.timeline;

import io.barnabas.chaos.rules.check.Unavailability;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.Observer;
import io.barnabas.chaos.rules.history.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What each workload did and suffered while each scenario had its turn. An operation, and a time without
 * acknowledgements, belongs to the turn in which it began.
 */
public final class Turns implements Observer {

    /**
     * One workload during one turn.
     *
     * @param operations that ended, well or not
     * @param unavailable the times without acknowledgements of its partitions
     */
    public record Share(long operations, Unavailability.Distribution unavailable) {}

    /**
     * A turn.
     *
     * @param scenario whose turn it was
     * @param all the workloads together
     * @param shares one per workload that did anything, in the order in which the workloads were given
     */
    public record Turn(String scenario, int faults, Share all, Map<String, Share> shares) {}

    /** A turn while it is counted. */
    private static final class Count {
        private final String scenario;
        private final long fromNs;
        private final Map<String, Long> operations = new LinkedHashMap<>();
        private int faults;

        Count(String scenario, long fromNs) {
            this.scenario = scenario;
            this.fromNs = fromNs;
        }
    }

    private final List<String> workloads;
    private final List<Count> counts = new ArrayList<>();

    /** @param workloads their names, with which the names of their topics, groups and registers begin */
    public Turns(List<String> workloads) {
        this.workloads = List.copyOf(workloads);
        counts.add(new Count("", Long.MIN_VALUE));
    }

    @Override
    public void turnBegan(Event.TurnBegin turn) {
        counts.add(new Count(turn.scenario(), turn.timeNs()));
    }

    @Override
    public void faultBegan(Event.FaultBegin fault) {
        counts.getLast().faults++;
    }

    @Override
    public void completed(Operation operation) {
        at(operation.invocation().timeNs())
                .operations
                .merge(workload(subject(operation.invocation().call())), 1L, Long::sum);
    }

    private Count at(long timeNs) {
        return counts.reversed().stream()
                .filter(count -> count.fromNs <= timeNs)
                .findFirst()
                .orElseThrow();
    }

    private String workload(String subject) {
        return workloads.stream().filter(subject::startsWith).findFirst().orElse("others");
    }

    private static String subject(Call call) {
        return switch (call) {
            case Call.Send send -> send.partition().topic();
            case Call.Poll poll -> poll.partition().topic();
            case Call.Commit commit -> commit.partition().topic();
            case Call.Committed committed -> committed.partition().topic();
            case Call.ListOffsets offsets -> offsets.partition().topic();
            case Call.RegisterWrite write -> write.register();
            case Call.RegisterRead read -> read.register();
            case Call.CreateTopic create -> create.topic();
            case Call.DeleteTopic delete -> delete.topic();
            case Call.SetConfig config -> config.topic();
            case Call.Describe describe -> describe.topic();
        };
    }

    /** The turns of scenarios, in their order; once the run has been seen. */
    public List<Turn> turns(Unavailability unavailability) {
        Map<Count, List<Unavailability.Window>> windows =
                unavailability.windows().stream().collect(Collectors.groupingBy(window -> at(window.fromNs())));
        return counts.stream()
                .filter(count -> !count.scenario.isEmpty())
                .map(count -> turn(count, windows.getOrDefault(count, List.of())))
                .toList();
    }

    private Turn turn(Count count, List<Unavailability.Window> windows) {
        Map<String, Share> shares = new LinkedHashMap<>();
        for (String workload : workloads) {
            if (count.operations.containsKey(workload)) {
                List<Unavailability.Window> own = windows.stream()
                        .filter(window -> workload(window.partition().topic()).equals(workload))
                        .toList();
                shares.put(workload, share(count.operations.get(workload), own));
            }
        }
        long operations =
                count.operations.values().stream().mapToLong(Long::longValue).sum();
        return new Turn(count.scenario, count.faults, share(operations, windows), shares);
    }

    private static Share share(long operations, List<Unavailability.Window> windows) {
        return new Share(operations, Unavailability.Distribution.of(windows));
    }
}
