package io.barnabas.chaos.run;

import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.History;
import io.barnabas.chaos.rules.history.RecordedHistory;
import io.barnabas.chaos.rules.history.Result;
import java.util.List;
import java.util.function.LongSupplier;

/** Writes down what clients do and what befalls the cluster, in the order in which it happens. For any thread. */
public final class Recorder {

    private final LongSupplier nanoTime;
    private final RecordedHistory events = new RecordedHistory();
    private long operations;
    private long faults;
    private int clients;

    /** @param nanoTime a clock that never goes back */
    public Recorder(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The run begins; before anything else. */
    public synchronized void started(String scenario, long seed, int nodes, long wallClockMs) {
        events.add(new Event.RunStarted(nanoTime.getAsLong(), scenario, seed, nodes, wallClockMs));
    }

    /** The number of a new client. */
    public synchronized int newClient() {
        return ++clients;
    }

    /**
     * A client is about to ask; to be called before it does.
     *
     * @return the operation's number
     */
    public synchronized long invoked(int client, Call call) {
        long operation = ++operations;
        events.add(new Event.Invocation(nanoTime.getAsLong(), operation, client, call));
        return operation;
    }

    /** A client was answered, or gave up. */
    public synchronized void completed(long operation, Result result) {
        events.add(new Event.Completion(nanoTime.getAsLong(), operation, result));
    }

    /**
     * A fault is about to be caused.
     *
     * @return its number
     */
    public synchronized long faultBegins(String kind, List<String> targets) {
        long fault = ++faults;
        events.add(new Event.FaultBegin(nanoTime.getAsLong(), fault, kind, targets));
        return fault;
    }

    /** A fault is over. */
    public synchronized void faultEnds(long fault) {
        events.add(new Event.FaultEnd(nanoTime.getAsLong(), fault));
    }

    /** All that was written down; once nobody writes any more. */
    public synchronized History history() {
        return events;
    }
}
