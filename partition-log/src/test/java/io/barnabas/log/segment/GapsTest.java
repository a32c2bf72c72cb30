package io.barnabas.log.segment;

import static io.barnabas.log.segment.Fixture.CONFIG;
import static io.barnabas.log.segment.Fixture.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.log.index.IndexSink;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.Batches;
import io.barnabas.log.segment.Fixture.Stored;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs that compaction has left with gaps of offsets. */
class GapsTest {

    @TempDir
    Path directory;

    @Test
    void aReadInAGapBeginsAtTheNextBatch() throws IOException {
        try (SegmentLog log = open()) {
            put(log, 0, batch(3));
            put(log, 10, batch(2));
            put(log, 40, batch(1));
            for (boolean reopened : new boolean[] {false, true}) {
                try (SegmentLog again = reopened ? open() : null) {
                    SegmentLog each = reopened ? again : log;
                    assertThat(bases(each, 3, 41)).containsExactly(10L, 40L);
                    assertThat(bases(each, 9, 41)).containsExactly(10L, 40L);
                    assertThat(bases(each, 11, 41)).containsExactly(10L, 40L);
                    assertThat(bases(each, 12, 40)).isEmpty();
                    assertThat(bases(each, 0, 30)).containsExactly(0L, 10L);
                    assertThat(bases(each, 25, 41)).containsExactly(40L);
                    assertThat(scanned(each, 5, 40)).containsExactly(10L);
                    assertThat(each.readBatch(40))
                            .isEqualTo(stored(batch(1), 40, 1).bytes());
                    assertThatThrownBy(() -> each.readBatch(5)).isInstanceOf(IllegalArgumentException.class);
                    assertThat(each.logEndOffset()).isEqualTo(41);
                }
            }
        }
    }

    @Test
    void anEmptyBatchAtTheEndTellsTheNextOffset() throws IOException {
        try (SegmentLog log = open()) {
            put(log, 0, batch(3));
            put(log, 3, Batches.filtered(batch(7), record -> false));
            assertThat(log.logEndOffset()).isEqualTo(10);
        }
        try (SegmentLog log = open()) {
            assertThat(log.recovery().cut()).isEmpty();
            assertThat(log.logEndOffset()).isEqualTo(10);
            assertThat(log.findMaxTimestamp(0, 10).offset()).isEqualTo(2);
            put(log, 10, batch(1));
            assertThat(bases(log, 4, 11)).containsExactly(3L, 10L);
        }
    }

    @Test
    void skippedOffsetsStaySkipped() throws IOException {
        long far = 3L * Integer.MAX_VALUE;
        try (SegmentLog log = open()) {
            put(log, 0, batch(3));
            log.skipTo(2, 1, 0);
            assertThat(log.logEndOffset()).isEqualTo(3);
            log.skipTo(9, 1, 0);
            log.skipTo(far, 2, 0);
        }
        try (SegmentLog log = open()) {
            assertThat(log.recovery().cut()).isEmpty();
            assertThat(log.logEndOffset()).isEqualTo(far);
            put(log, far, batch(1));
            assertThat(bases(log, 2, 9)).containsExactly(0L, 3L);
            assertThat(Fixture.timesOf(List.of(new Stored(Fixture.headersOf(log).get(1), log.readBatch(3)))))
                    .isEmpty();
            log.truncateTo(9);
            assertThat(log.logEndOffset()).isEqualTo(9);
        }
    }

    @Test
    void aSegmentBeginsWhereTheOneBeforeEnds() throws IOException {
        try (SegmentLog log = open()) {
            put(log, 0, batch(3));
            log.roll();
            put(log, 100, batch(2));
            log.roll();
            put(log, 102, batch(2));
            assertThat(bases(log, 50, 104)).containsExactly(100L);
        }
        try (Stream<Path> names = Files.list(directory)) {
            assertThat(names.map(each -> each.getFileName().toString()).sorted())
                    .containsExactly(
                            "00000000000000000000.log", "00000000000000000003.log", "00000000000000000102.log");
        }
        Files.delete(directory.resolve("00000000000000000003.log"));
        assertThatThrownBy(() -> SegmentLog.open(directory, CONFIG, IndexSink.NONE, 102))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("ends at offset 3");
    }

    private SegmentLog open() throws IOException {
        return SegmentLog.open(directory, CONFIG, IndexSink.NONE, 0);
    }

    private static ByteBuffer batch(int records) {
        long[] times = new long[records];
        for (int i = 0; i < records; i++) {
            times[i] = 1_000L + i;
        }
        return Batches.at(CompressionType.NONE, 10, times);
    }

    private static void put(SegmentLog log, long offset, ByteBuffer batch) throws IOException {
        Stored next = stored(batch, offset, 1);
        log.append(List.of(Pending.of(next.header(), next.bytes())), 0);
    }

    private static List<Long> bases(SegmentLog log, long offset, long upper) throws IOException {
        return Fixture.batchesIn(Fixture.bytesOf(log.slice(offset, upper, 1 << 20, true))).stream()
                .map(BatchHeader::baseOffset)
                .toList();
    }

    private static List<Long> scanned(SegmentLog log, long from, long to) throws IOException {
        List<Long> bases = new ArrayList<>();
        log.scan(from, to, (header, position) -> bases.add(header.baseOffset()));
        return bases;
    }
}
