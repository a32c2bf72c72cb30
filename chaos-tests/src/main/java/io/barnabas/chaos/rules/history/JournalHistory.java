package io.barnabas.chaos.rules.history;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Iterator;

/** A history that lies in a journal; each time it is gone through, the journal is read again from its beginning. */
public final class JournalHistory implements History {

    /** Opens the journal at its beginning. */
    @FunctionalInterface
    public interface Source {
        Reader open() throws IOException;
    }

    private final Source source;

    public JournalHistory(Source source) {
        this.source = source;
    }

    @Override
    public Iterator<Event> iterator() {
        try {
            return new JournalReader(source.open());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open the journal", e);
        }
    }
}
