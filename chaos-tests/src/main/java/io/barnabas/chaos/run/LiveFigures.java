package io.barnabas.chaos.run;

import io.barnabas.chaos.rules.check.Unavailability;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.Operation;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Counts what is written into a journal, for who watches the run. Its figures may be asked for by any thread. */
final class LiveFigures implements Consumer<Event> {

    private final Unavailability unavailability;
    private final Map<Long, Event.Invocation> underWay = new HashMap<>();
    private long operations;
    private long faults;
    private long active;

    /** @param thresholdNs see {@link Unavailability} */
    LiveFigures(long thresholdNs) {
        this.unavailability = new Unavailability(thresholdNs);
    }

    /**
     * Figures of one moment.
     *
     * @param operations begun so far
     * @param faults begun so far
     * @param active of these, not healed
     * @param windows of unavailability that have ended
     */
    record Figures(long operations, long faults, long active, Unavailability.Distribution windows) {}

    @Override
    public synchronized void accept(Event event) {
        switch (event) {
            case Event.Invocation invocation -> {
                operations++;
                underWay.put(invocation.operation(), invocation);
                unavailability.invoked(invocation);
            }
            case Event.Completion completion -> {
                Event.Invocation invocation = underWay.remove(completion.operation());
                if (invocation != null) {
                    unavailability.completed(new Operation(invocation, completion));
                }
            }
            case Event.FaultBegin begin -> {
                faults++;
                active++;
            }
            case Event.FaultEnd end -> active--;
            case Event.RunStarted started -> {}
            case Event.TopicDeclared declared -> {}
            case Event.TurnBegin turn -> {}
        }
    }

    synchronized Figures now() {
        return new Figures(operations, faults, active, unavailability.distribution());
    }
}
