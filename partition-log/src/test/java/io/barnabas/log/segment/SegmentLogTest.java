package io.barnabas.log.segment;

import static io.barnabas.log.segment.Fixture.CONFIG;
import static io.barnabas.log.segment.Fixture.bytesOf;
import static io.barnabas.log.segment.Fixture.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.log.LogSlice;
import io.barnabas.log.index.IndexSink;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.Batches;
import io.barnabas.log.rules.Seeds;
import io.barnabas.log.segment.Fixture.Stored;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentLogTest {

    private static final long NOW = 1_000_000;

    @TempDir
    Path directory;

    private final List<Stored> written = new ArrayList<>();

    @Test
    void anEmptyLogBeginsAtZero() throws IOException {
        try (SegmentLog log = open()) {
            assertThat(log.logStartOffset()).isZero();
            assertThat(log.logEndOffset()).isZero();
            assertThat(log.segments()).isEqualTo(1);
            assertThat(bytesOf(log.slice(0, 10, 100, true)).remaining()).isZero();
            assertThat(log.flush()).isZero();
        }
    }

    @Test
    void storesBatchesByteForByteWithOffsetAndEpoch() throws IOException {
        try (SegmentLog log = open()) {
            for (CompressionType codec : CompressionType.values()) {
                append(log, Batches.at(codec, 50, 10, 20, 30), NOW);
            }
            assertThat(log.logEndOffset()).isEqualTo(15);
            assertThat(Fixture.contentOf(log)).isEqualTo(Fixture.joined(written));
            assertThat(Fixture.headersOf(log))
                    .isEqualTo(written.stream().map(Stored::header).toList());
            for (Stored batch : written) {
                assertThat(log.readBatch(batch.header().baseOffset())).isEqualTo(batch.bytes());
            }
            assertThatThrownBy(() -> log.readBatch(1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> log.readBatch(15)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void rollsBySize() throws IOException {
        try (SegmentLog log = open()) {
            for (int i = 0; i < 20; i++) {
                append(log, batchOf(500), NOW);
            }
            int perSegment = CONFIG.segmentBytes() / written.getFirst().bytes().remaining();
            assertThat(log.segments()).isEqualTo((20 + perSegment - 1) / perSegment);
            assertThat(files()).allSatisfy(file -> assertThat(Files.size(file)).isLessThanOrEqualTo(2_000));
            assertThat(Fixture.contentOf(log)).isEqualTo(Fixture.joined(written));
        }
    }

    @Test
    void manyBatchesAtOnceRollToo() throws IOException {
        try (SegmentLog log = open()) {
            List<Pending> pending = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                Stored batch = stored(batchOf(i % 7 == 0 ? 3_000 : 400), i, 1);
                written.add(batch);
                pending.add(Pending.of(batch.header(), batch.bytes()));
            }
            log.append(pending, NOW);
            assertThat(files())
                    .allSatisfy(file -> assertThat(Files.size(file)).isBetween(1L, 3_200L))
                    .hasSizeGreaterThan(8);
            assertThat(Fixture.contentOf(log)).isEqualTo(Fixture.joined(written));
        }
    }

    @Test
    void rollsByAge() throws IOException {
        try (SegmentLog log = open()) {
            append(log, batchOf(10), NOW);
            append(log, batchOf(10), NOW + CONFIG.segmentMs() - 1);
            assertThat(log.segments()).isEqualTo(1);
            append(log, batchOf(10), NOW + CONFIG.segmentMs());
            assertThat(log.segments()).isEqualTo(2);
            append(log, batchOf(10), NOW + CONFIG.segmentMs() + 1);
            assertThat(log.segments()).isEqualTo(2);
        }
    }

    @Test
    void slicesHoldWholeBatchesOfOneSegment() throws IOException {
        try (SegmentLog log = open()) {
            for (int i = 0; i < 10; i++) {
                append(log, batchOf(500), NOW);
            }
            int size = written.getFirst().bytes().remaining();
            int perSegment = CONFIG.segmentBytes() / size;
            assertThat(offsets(log.slice(0, 10, 1 << 20, false))).hasSize(perSegment);
            assertThat(offsets(log.slice(1, 10, 2 * size, false))).containsExactly(1L, 2L);
            assertThat(offsets(log.slice(1, 10, 2 * size - 1, false))).containsExactly(1L);
            assertThat(offsets(log.slice(1, 10, size - 1, false))).isEmpty();
            assertThat(offsets(log.slice(1, 10, size - 1, true))).containsExactly(1L);
            assertThat(offsets(log.slice(0, 2, 1 << 20, true))).containsExactly(0L, 1L);
            assertThat(offsets(log.slice(2, 2, 1 << 20, true))).isEmpty();
            assertThat(offsets(log.slice(10, 99, 1 << 20, true))).isEmpty();
            assertThat(offsets(log.slice(9, 99, 1 << 20, true))).containsExactly(9L);
        }
    }

    @Test
    void aSliceBeginsAtTheBatchThatHoldsTheOffset() throws IOException {
        try (SegmentLog log = open()) {
            append(log, Batches.at(CompressionType.GZIP, 10, 1, 2, 3, 4), NOW);
            append(log, Batches.at(CompressionType.GZIP, 10, 5, 6), NOW);
            assertThat(offsets(log.slice(3, 6, 1 << 20, true))).containsExactly(0L, 4L);
            assertThat(offsets(log.slice(5, 6, 1 << 20, true))).containsExactly(4L);
            assertThat(offsets(log.slice(0, 5, 1 << 20, true))).containsExactly(0L);
        }
    }

    @Test
    void walksLongRunsOfSmallAndLargeBatches() throws Exception {
        Seeds.run("small and large batches", 5, random -> {
            written.clear();
            Path own = Files.createTempDirectory(directory, "run");
            SegmentLogConfig big = new SegmentLogConfig(1 << 30, 1_000, 4_096);
            try (SegmentLog log = SegmentLog.open(own, big, IndexSink.NONE, 0)) {
                for (int i = 0; i < 2_000; i++) {
                    int bytes = (i / 300) % 2 == 0 ? random.nextInt(300) : random.nextInt(3_900, 8_300);
                    append(log, batchOf(bytes), NOW);
                }
            }
            try (SegmentLog log = SegmentLog.open(own, big, IndexSink.NONE, 0)) {
                assertThat(log.recovery().cut()).isEmpty();
                assertThat(Fixture.contentOf(log)).isEqualTo(Fixture.joined(written));
                for (int i = 0; i < 20; i++) {
                    int offset = random.nextInt(2_000);
                    assertThat(bytesOf(log.slice(offset, 2_000, 1, true)))
                            .isEqualTo(written.get(offset).bytes());
                }
            }
        });
    }

    @Test
    void offsetsMustFollow() throws IOException {
        try (SegmentLog log = open()) {
            append(log, batchOf(10), NOW);
            Stored wrong = stored(batchOf(10), 0, 1);
            assertThatThrownBy(() -> log.append(List.of(Pending.of(wrong.header(), wrong.bytes())), NOW))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("continues at 1");
            assertThat(log.logEndOffset()).isEqualTo(1);
        }
    }

    @Test
    void truncatesAcrossSegmentsAndGoesOn() throws IOException {
        try (SegmentLog log = open()) {
            for (int i = 0; i < 20; i++) {
                append(log, batchOf(500), NOW);
            }
            log.truncateTo(7);
            written.subList(7, 20).clear();
            assertThat(log.logEndOffset()).isEqualTo(7);
            assertThat(Fixture.contentOf(log)).isEqualTo(Fixture.joined(written));
            append(log, batchOf(77), NOW);
            append(log, batchOf(900), NOW);
            assertThat(Fixture.contentOf(log)).isEqualTo(Fixture.joined(written));
            log.truncateTo(99);
            assertThat(log.logEndOffset()).isEqualTo(9);
        }
        try (SegmentLog log = open()) {
            assertThat(Fixture.contentOf(log)).isEqualTo(Fixture.joined(written));
            log.truncateTo(0);
            assertThat(log.logEndOffset()).isZero();
            assertThat(log.sizeInBytes()).isZero();
            assertThat(files()).hasSize(1);
        }
    }

    @Test
    void truncatingWithinABatchRemovesIt() throws IOException {
        try (SegmentLog log = open()) {
            append(log, Batches.at(CompressionType.NONE, 10, 1, 2, 3), NOW);
            append(log, Batches.at(CompressionType.NONE, 10, 1, 2, 3), NOW);
            log.truncateTo(5);
            assertThat(log.logEndOffset()).isEqualTo(3);
        }
    }

    @Test
    void restartsAtAnyOffset() throws IOException {
        try (SegmentLog log = open()) {
            for (int i = 0; i < 10; i++) {
                append(log, batchOf(500), NOW);
            }
            log.restartAt(5_000);
            assertThat(log.logStartOffset()).isEqualTo(5_000);
            assertThat(log.logEndOffset()).isEqualTo(5_000);
            written.clear();
            Stored batch = stored(batchOf(10), 5_000, 2);
            log.append(List.of(Pending.of(batch.header(), batch.bytes())), NOW);
            assertThatThrownBy(() -> log.slice(4_999, 5_001, 100, true)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> log.truncateTo(4_999)).isInstanceOf(IllegalArgumentException.class);
        }
        try (SegmentLog log = open()) {
            assertThat(log.logStartOffset()).isEqualTo(5_000);
            assertThat(log.logEndOffset()).isEqualTo(5_001);
        }
    }

    @Test
    void aSliceOutlivesItsFile() throws IOException {
        SegmentLog log = open();
        append(log, batchOf(500), NOW);
        append(log, batchOf(500), NOW);
        LogSlice slice = log.slice(0, 2, 1 << 20, true);
        log.deleteAll();
        assertThat(files()).isEmpty();
        assertThat(bytesOf(slice)).isEqualTo(Fixture.joined(written));
        assertThatThrownBy(slice::channel).hasCauseInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(slice::release).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> log.slice(0, 2, 100, true)).hasMessageContaining("closed");
        assertThatThrownBy(() -> append(log, batchOf(1), NOW)).hasMessageContaining("closed");
    }

    @Test
    void anInterruptedReaderDoesNotDisturbTheOthers() throws IOException {
        try (SegmentLog log = open()) {
            append(log, batchOf(500), NOW);
            LogSlice slice = log.slice(0, 1, 1 << 20, true);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> slice.channel().read(ByteBuffer.allocate(10), 0))
                    .isInstanceOf(ClosedByInterruptException.class);
            assertThat(Thread.interrupted()).isTrue();

            assertThat(bytesOf(slice)).isEqualTo(Fixture.joined(written));
            append(log, batchOf(100), NOW);
            log.flush();
            assertThat(Fixture.contentOf(log)).isEqualTo(Fixture.joined(written));
        }
    }

    @Test
    void anInterruptDoesNotBringADeletedFileBack() throws IOException {
        SegmentLog log = open();
        append(log, batchOf(500), NOW);
        LogSlice slice = log.slice(0, 1, 1 << 20, true);
        log.restartAt(0);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> slice.channel().read(ByteBuffer.allocate(10), 0))
                .isInstanceOf(ClosedByInterruptException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(slice::channel).hasCauseInstanceOf(ClosedChannelException.class);
        slice.release();
        log.deleteAll();
        assertThat(files()).isEmpty();
    }

    @Test
    void otherFilesAreLeftAlone() throws IOException {
        Files.writeString(directory.resolve("partition.properties"), "topic=a");
        Files.writeString(directory.resolve("7.log"), "not ours");
        try (SegmentLog log = open()) {
            append(log, batchOf(1), NOW);
        }
        try (SegmentLog log = open()) {
            assertThat(log.logEndOffset()).isEqualTo(1);
            log.deleteAll();
        }
        assertThat(directory.resolve("partition.properties")).exists();
        assertThat(directory.resolve("7.log")).exists();
    }

    private static ByteBuffer batchOf(int bytes) {
        return Batches.at(CompressionType.NONE, bytes, 1);
    }

    private SegmentLog open() throws IOException {
        return SegmentLog.open(directory, CONFIG, IndexSink.NONE, 0);
    }

    private void append(SegmentLog log, ByteBuffer batch, long nowMs) throws IOException {
        Stored next = stored(batch, log.logEndOffset(), 3);
        log.append(List.of(Pending.of(next.header(), batch)), nowMs);
        written.add(next);
    }

    private static List<Long> offsets(LogSlice slice) throws IOException {
        return Fixture.batchesIn(bytesOf(slice)).stream()
                .map(BatchHeader::baseOffset)
                .toList();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.toList();
        }
    }
}
