package io.barnabas.chaos.rules.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Reads what {@link JournalWriter} wrote. A last line that is torn, because the writer was killed or its disk was full,
 * is left out; a broken line anywhere else is an error. Closes its reader at the end.
 */
public final class JournalReader implements Iterator<Event> {

    private final BufferedReader in;
    private long line;
    private String text;
    private Event next;
    private boolean torn;

    /** Begins to read; keeps one line ahead. */
    public JournalReader(Reader in) {
        this.in = new BufferedReader(in);
        text = readLine();
        advance();
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    /**
     * The next event.
     *
     * @throws IllegalArgumentException when the line after it is broken and not the last; names the line
     */
    @Override
    public Event next() {
        if (next == null) {
            throw new NoSuchElementException("the journal ends after line " + line);
        }
        Event event = next;
        advance();
        return event;
    }

    /** Whether the last line was torn. Known when there is no next event. */
    public boolean torn() {
        return torn;
    }

    private void advance() {
        next = null;
        if (text == null) {
            return;
        }
        String current = text;
        text = readLine();
        line++;
        try {
            next = JournalFormat.READER.readValue(current);
        } catch (JsonProcessingException e) {
            if (text != null) {
                throw new IllegalArgumentException(
                        "line " + line + " of the journal is no event: " + e.getOriginalMessage(), e);
            }
            torn = true;
        }
    }

    private String readLine() {
        try {
            String read = in.readLine();
            if (read == null) {
                in.close();
            }
            return read;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the journal after line " + line, e);
        }
    }
}
