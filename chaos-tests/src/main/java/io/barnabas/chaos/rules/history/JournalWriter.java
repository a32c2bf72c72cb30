package io.barnabas.chaos.rules.history;

import java.io.Closeable;
import java.io.Flushable;
import java.io.IOException;
import java.io.Writer;

/**
 * Writes events as lines of JSON, about 200 bytes for a send with its acknowledgement. Not safe for several threads.
 * Give it a buffered writer, and flush when what is written has to survive the end of this process.
 */
public final class JournalWriter implements Closeable, Flushable {

    private final Writer out;

    public JournalWriter(Writer out) {
        this.out = out;
    }

    public void write(Event event) throws IOException {
        out.write(JournalFormat.WRITER.writeValueAsString(event));
        out.write('\n');
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
