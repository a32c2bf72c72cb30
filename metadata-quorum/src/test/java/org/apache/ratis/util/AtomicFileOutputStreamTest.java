package org.apache.ratis.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.BufferedWriter;
import java.io.File;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileOutputStreamTest {

    private static final String BEFORE = "term=7\n";

    @TempDir
    Path directory;

    private File file;
    private File written;

    /** A file whose disk has no room left. */
    private static final class FullDisk extends FilterOutputStream {

        FullDisk(File file) throws IOException {
            super(new FileOutputStream(file));
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            throw new IOException("No space left on device");
        }
    }

    @BeforeEach
    void writeBefore() throws IOException {
        file = directory.resolve("raft-meta").toFile();
        written = AtomicFileOutputStream.getTemporaryFile(file);
        Files.writeString(file.toPath(), BEFORE);
    }

    @Test
    void whatIsClosedReplacesTheFile() throws IOException {
        try (OutputStream out = new AtomicFileOutputStream(file)) {
            out.write("term=".getBytes(StandardCharsets.UTF_8));
            out.write('8');
            assertThat(file).hasContent(BEFORE);
        }
        assertThat(file).hasContent("term=8");
        assertThat(written).doesNotExist();
    }

    /** Written as Ratis writes terms and votes: the writer closes the stream though it could not write to it. */
    @Test
    void aFullDiskLeavesTheFileAsItWas() {
        Properties vote = new Properties();
        vote.setProperty("term", "8");
        assertThatIOException()
                .isThrownBy(() -> {
                    try (Writer out = new BufferedWriter(new OutputStreamWriter(
                            new AtomicFileOutputStream(new FullDisk(written), file, written),
                            StandardCharsets.UTF_8))) {
                        vote.store(out, "");
                    }
                })
                .withMessageContaining("No space left");
        assertThat(file).hasContent(BEFORE);
        assertThat(written).doesNotExist();
    }

    @Test
    void oneWhoDoesNotMindAFailedWriteIsToldByTheClose() throws IOException {
        AtomicFileOutputStream out = new AtomicFileOutputStream(new FullDisk(written), file, written);
        assertThatIOException().isThrownBy(() -> out.write(1));
        assertThatIOException().isThrownBy(out::close).withMessageContaining("stays as it was");
        out.close();
        assertThat(file).hasContent(BEFORE);
    }

    @Test
    void whatIsAbortedLeavesTheFileAsItWas() throws IOException {
        AtomicFileOutputStream out = new AtomicFileOutputStream(file);
        out.write(1);
        out.abort();
        out.close();
        assertThat(out.isClosed()).isTrue();
        assertThat(file).hasContent(BEFORE);
        assertThat(written).doesNotExist();
    }
}
