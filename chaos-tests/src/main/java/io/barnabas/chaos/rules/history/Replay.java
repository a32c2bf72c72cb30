package io.barnabas.chaos.rules.history;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shows a history to observers, with invocations and completions brought together. Keeps what is under way only. */
public final class Replay {

    private final List<? extends Observer> observers;
    private final Map<Long, Event.Invocation> underWay = new LinkedHashMap<>();
    private long timeNs = Long.MIN_VALUE;
    private long operations;

    private Replay(List<? extends Observer> observers) {
        this.observers = observers;
    }

    /**
     * Goes through the history once.
     *
     * @return how many operations it holds
     * @throws IllegalArgumentException when the events are no history: time runs back, or a completion has no
     *     invocation
     */
    public static long of(History history, List<? extends Observer> observers) {
        Replay replay = new Replay(observers);
        for (Event event : history) {
            replay.show(event);
        }
        replay.end();
        return replay.operations;
    }

    private void show(Event event) {
        if (event.timeNs() < timeNs) {
            throw new IllegalArgumentException("time runs back from " + timeNs + " ns to " + event);
        }
        timeNs = event.timeNs();
        switch (event) {
            case Event.RunStarted started -> {}
            case Event.TopicDeclared topic -> observers.forEach(o -> o.declared(topic));
            case Event.Invocation invocation -> {
                if (underWay.put(invocation.operation(), invocation) != null) {
                    throw new IllegalArgumentException("invoked while it is under way: " + invocation);
                }
                operations++;
                observers.forEach(o -> o.invoked(invocation));
            }
            case Event.Completion completion -> {
                Event.Invocation invocation = underWay.remove(completion.operation());
                if (invocation == null) {
                    throw new IllegalArgumentException("completed without an invocation: " + completion);
                }
                Operation operation = new Operation(invocation, completion);
                observers.forEach(o -> o.completed(operation));
            }
            case Event.TurnBegin turn -> observers.forEach(o -> o.turnBegan(turn));
            case Event.FaultBegin fault -> observers.forEach(o -> o.faultBegan(fault));
            case Event.FaultEnd fault -> observers.forEach(o -> o.faultEnded(fault));
        }
    }

    private void end() {
        observers.forEach(o -> o.ended(timeNs));
        for (Event.Invocation invocation : underWay.values()) {
            Operation operation = Operation.neverCompleted(invocation);
            observers.forEach(o -> o.completed(operation));
        }
    }
}
