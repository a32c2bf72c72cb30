package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartOffsetFileTest {

    @TempDir
    Path directory;

    @Test
    void aLogWithoutTheFileBeginsAtZero() throws IOException {
        assertThat(read().offset()).isZero();
    }

    @Test
    void theHighestOffsetIsReadBack() throws IOException {
        StartOffsetFile file = read();
        for (long offset : new long[] {5, 900, 3, 1L << 40}) {
            file.raiseTo(offset);
            assertThat(read().offset()).isEqualTo(file.offset());
        }
        assertThat(file.offset()).isEqualTo(1L << 40);
    }

    @Test
    void atTornOrDamagedSlotTheOlderOneCounts() throws IOException {
        StartOffsetFile file = read();
        file.raiseTo(5);
        file.raiseTo(9);
        Path path = directory.resolve("start-offset");
        byte[] whole = Files.readAllBytes(path);
        for (int at = 16; at < 32; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            Files.write(path, damaged);
            assertThat(read().offset()).isEqualTo(5);
        }
        Files.write(path, java.util.Arrays.copyOf(whole, 20));
        assertThat(read().offset()).isEqualTo(5);
    }

    @Test
    void aFileWithoutAWholeSlotIsAnError() throws IOException {
        Files.write(directory.resolve("start-offset"), new byte[32]);
        assertThatThrownBy(this::read).isInstanceOf(IOException.class).hasMessageContaining("damaged");
    }

    private StartOffsetFile read() throws IOException {
        return StartOffsetFile.read(SegmentFiles.direct(), directory);
    }
}
