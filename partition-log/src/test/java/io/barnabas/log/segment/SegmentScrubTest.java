package io.barnabas.log.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.log.index.IndexSink;
import io.barnabas.log.rules.Batches;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Closed segments read in the background. */
class SegmentScrubTest {

    @TempDir
    Path directory;

    private SegmentLog log;

    @BeforeEach
    void aLogOfSeveralSegments() throws Exception {
        log = SegmentLog.open(directory, Fixture.CONFIG, IndexSink.NONE, 0);
        for (int i = 0; i < 40; i++) {
            // One is larger than what is read at a time.
            int size = i == 7 ? 600_000 : 200;
            Fixture.Stored batch = Fixture.stored(Batches.at(CompressionType.NONE, size, i), i, 1);
            log.append(List.of(Pending.of(batch.header(), batch.bytes())), 0);
        }
        assertThat(log.segments()).isGreaterThan(3);
    }

    @AfterEach
    void close() throws Exception {
        log.close();
    }

    private void flip(long baseOffset, long position) throws Exception {
        Path file = SegmentRecovery.fileOf(directory, baseOffset);
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.seek(position);
            int old = access.read();
            access.seek(position);
            access.write(old ^ 1);
        }
    }

    private long closedBytes() {
        return log.sizeInBytes() - log.facts().getLast().sizeInBytes();
    }

    @Test
    void everyByteOfTheClosedSegmentsIsReadOnce() throws Exception {
        AtomicLong read = new AtomicLong();

        assertThat(log.verifyClosed(log.logEndOffset(), bytes -> read.addAndGet(bytes) > 0))
                .isTrue();

        assertThat(read.get()).isEqualTo(closedBytes());
    }

    @Test
    void aFlippedBitAnywhereIsFound() throws Exception {
        long size = log.facts().get(1).sizeInBytes();
        long base = log.facts().get(1).baseOffset();
        // In the head, in the middle, and in the last byte; not in the epoch, which is under no CRC.
        for (long position : new long[] {5, 10, 16, 18, 60, size / 2, size - 1}) {
            flip(base, position);
            assertThatThrownBy(() -> log.verifyClosed(log.logEndOffset(), bytes -> true))
                    .as("byte %d", position)
                    .isInstanceOf(CorruptLogException.class)
                    .hasMessageContaining(
                            SegmentRecovery.fileOf(directory, base).toString());
            flip(base, position);
        }
        assertThat(log.verifyClosed(log.logEndOffset(), bytes -> true)).isTrue();
    }

    @Test
    void aLargeBatchIsReadInPieces() throws Exception {
        flip(7, 500_000);

        assertThatThrownBy(() -> log.verifyClosed(log.logEndOffset(), bytes -> true))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("CRC of the batch at offset 7");
    }

    @Test
    void aFileThatIsGoneOrCutIsFound() throws Exception {
        Path second = SegmentRecovery.fileOf(directory, log.facts().get(1).baseOffset());
        byte[] content = Files.readAllBytes(second);
        try (RandomAccessFile access = new RandomAccessFile(second.toFile(), "rw")) {
            access.setLength(content.length - 5);
        }
        assertThatThrownBy(() -> log.verifyClosed(log.logEndOffset(), bytes -> true))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("the file ends at byte");
        Files.write(second, content);

        Files.delete(second);
        assertThatThrownBy(() -> log.verifyClosed(log.logEndOffset(), bytes -> true))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("the file is gone");
    }

    @Test
    void whatLiesAboveTheHighWatermarkIsLeftAlone() throws Exception {
        long base = log.facts().get(1).baseOffset();
        flip(base, 100);

        assertThat(log.verifyClosed(base, bytes -> true)).isTrue();
    }

    @Test
    void itEndsWhenItIsTold() throws Exception {
        flip(log.facts().get(1).baseOffset(), 100);

        assertThat(log.verifyClosed(log.logEndOffset(), bytes -> false)).isFalse();
    }

    @Test
    void aSegmentThatIsTrimmedMeanwhileIsPassedOver() throws Exception {
        long base = log.facts().get(2).baseOffset();
        AtomicLong calls = new AtomicLong();

        boolean finished = log.verifyClosed(log.logEndOffset(), bytes -> {
            if (calls.getAndIncrement() == 0) {
                try {
                    log.trimTo(base);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return true;
        });

        assertThat(finished).isTrue();
        assertThat(log.logStartOffset()).isEqualTo(base);
    }
}
