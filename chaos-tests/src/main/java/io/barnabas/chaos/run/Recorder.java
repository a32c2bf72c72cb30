package io.barnabas.chaos.run;

import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.History;
import io.barnabas.chaos.rules.history.RecordedHistory;
import io.barnabas.chaos.rules.history.Result;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Writes down what clients do and what befalls the cluster, in the order in which it happens. For any thread. */
public final class Recorder {

    private final LongSupplier nanoTime;
    private final Consumer<Event> events;
    private final Supplier<History> history;
    private long operations;
    private long faults;
    private int clients;

    /**
     * Keeps the history in memory, about 300 bytes for each operation: for short runs.
     *
     * @param nanoTime a clock that never goes back
     */
    public Recorder(LongSupplier nanoTime) {
        RecordedHistory kept = new RecordedHistory();
        this.nanoTime = nanoTime;
        this.events = kept::add;
        this.history = () -> kept;
    }

    /**
     * Keeps the history in a file.
     *
     * @param nanoTime a clock that never goes back
     * @param journal for this recorder alone; whoever made it closes it
     */
    public Recorder(LongSupplier nanoTime, Journal journal) {
        this(nanoTime, journal, event -> {});
    }

    /**
     * Keeps the history in a file, and shows each event to somebody as it is written.
     *
     * @param watcher is called by one thread at a time, which waits for it
     */
    Recorder(LongSupplier nanoTime, Journal journal, Consumer<Event> watcher) {
        this.nanoTime = nanoTime;
        this.events = event -> {
            journal.add(event);
            watcher.accept(event);
        };
        this.history = journal::history;
    }

    /** The run begins; before anything else. */
    public synchronized void started(String scenario, long seed, int nodes, long wallClockMs) {
        events.accept(new Event.RunStarted(nanoTime.getAsLong(), scenario, seed, nodes, wallClockMs));
    }

    /** Which records of a topic may go; before its first record. */
    public synchronized void declared(String topic, boolean compacted, boolean trimmed) {
        events.accept(new Event.TopicDeclared(nanoTime.getAsLong(), topic, compacted, trimmed));
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
        events.accept(new Event.Invocation(nanoTime.getAsLong(), operation, client, call));
        return operation;
    }

    /** A client was answered, or gave up. */
    public synchronized void completed(long operation, Result result) {
        events.accept(new Event.Completion(nanoTime.getAsLong(), operation, result));
    }

    /** From here on faults are those of this scenario; an empty name says that there are no more. */
    public synchronized void turnBegins(String scenario) {
        events.accept(new Event.TurnBegin(nanoTime.getAsLong(), scenario));
    }

    /**
     * A fault is about to be caused.
     *
     * @return its number
     */
    public synchronized long faultBegins(String kind, List<String> targets) {
        long fault = ++faults;
        events.accept(new Event.FaultBegin(nanoTime.getAsLong(), fault, kind, targets));
        return fault;
    }

    /** A fault is over. */
    public synchronized void faultEnds(long fault) {
        events.accept(new Event.FaultEnd(nanoTime.getAsLong(), fault));
    }

    /** All that was written down; once nobody writes any more. */
    public synchronized History history() {
        return history.get();
    }
}
