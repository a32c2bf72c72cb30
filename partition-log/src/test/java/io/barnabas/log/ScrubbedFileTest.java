package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.segment.SegmentFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScrubbedFileTest {

    private final SegmentFiles files = SegmentFiles.direct();

    @TempDir
    Path directory;

    @Test
    void theTimeIsReadBack() throws Exception {
        assertThat(ScrubbedFile.read(files, directory)).isZero();
        ScrubbedFile.write(files, directory, 1_234_567);
        assertThat(ScrubbedFile.read(files, directory)).isEqualTo(1_234_567);
        ScrubbedFile.write(files, directory, 2_345_678);
        assertThat(ScrubbedFile.read(files, directory)).isEqualTo(2_345_678);
    }

    @Test
    void whatIsTornOrDamagedCountsAsNever() throws Exception {
        ScrubbedFile.write(files, directory, 1_234_567);
        Path file = directory.resolve("scrubbed-at");
        byte[] content = Files.readAllBytes(file);
        content[7] ^= 1;
        Files.write(file, content);
        assertThat(ScrubbedFile.read(files, directory)).isZero();
        Files.write(file, new byte[5]);
        assertThat(ScrubbedFile.read(files, directory)).isZero();
    }
}
