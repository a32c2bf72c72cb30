package io.barnabas.chaos.rules.history;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/** A history in memory. Not safe for several threads: who records from many gives them one lock. */
public final class RecordedHistory implements History {

    private final List<Event> events = new ArrayList<>();

    public RecordedHistory() {}

    public RecordedHistory(Iterable<Event> events) {
        events.forEach(this::add);
    }

    /** Takes the next event. */
    public void add(Event event) {
        events.add(event);
    }

    @Override
    public Iterator<Event> iterator() {
        return Collections.unmodifiableList(events).iterator();
    }
}
