package io.barnabas.chaos.run;

import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.History;
import io.barnabas.chaos.rules.history.JournalHistory;
import io.barnabas.chaos.rules.history.JournalWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A journal file that grows with the run, so that an hour of it takes no memory and is left when this process ends. Not
 * safe for several threads.
 */
public final class Journal implements AutoCloseable {

    private final Path file;
    private final JournalWriter writer;

    /** Begins a journal; refuses to write over another. */
    public Journal(Path file) throws IOException {
        this.file = file;
        this.writer = new JournalWriter(Files.newBufferedWriter(file, StandardOpenOption.CREATE_NEW));
    }

    /** Takes the next event. It may stay in this process's memory until {@link #history} or {@link #close}. */
    void add(Event event) {
        try {
            writer.write(event);
            if (event instanceof Event.FaultBegin || event instanceof Event.FaultEnd) {
                // A run that is broken off leaves what led to it.
                writer.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the journal " + file + "; is its disk full?", e);
        }
    }

    /** What was written so far. */
    History history() {
        try {
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the journal " + file + "; is its disk full?", e);
        }
        return of(file);
    }

    /** What a journal file of an earlier run tells. */
    public static History of(Path file) {
        return new JournalHistory(() -> Files.newBufferedReader(file));
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
