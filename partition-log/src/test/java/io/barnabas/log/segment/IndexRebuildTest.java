package io.barnabas.log.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.index.IndexEntry;
import io.barnabas.log.index.IndexSink;
import io.barnabas.log.index.Indexes;
import io.barnabas.log.index.LogIndex;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.Batches;
import io.barnabas.log.segment.Fixture.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log is right with any index: none, an old one, one from before a truncation, one of a log that lost its end. */
class IndexRebuildTest {

    private static final SegmentLogConfig CONFIG = new SegmentLogConfig(20_000, 3_600_000, 500);
    private static final UUID PARTITION = UUID.fromString("7d1a5a1e-1111-4222-8333-00000000002a");

    @TempDir
    Path temp;

    private final SplittableRandom random = new SplittableRandom(11);
    private final List<Stored> written = new ArrayList<>();

    @Test
    void aLostIndexIsFilledFromTheSegments() throws IOException {
        List<Optional<IndexEntry>> before;
        try (LogIndex index = Indexes.open(temp.resolve("index"));
                SegmentLog log = open(index)) {
            append(log, 300);
            index.flush();
            before = floors(index);
            assertThat(index.dropped()).isZero();
        }
        assertThat(before.stream().distinct().count()).isGreaterThan(50);
        IndexFiles.lose(temp.resolve("index"));

        try (LogIndex index = Indexes.open(temp.resolve("index"));
                SegmentLog log = open(index)) {
            index.flush();
            assertThat(floors(index)).isEqualTo(before);
            assertLogIsWhole(log);
        }
    }

    @Test
    void anOldIndexIsCompleted() throws IOException {
        Path old = temp.resolve("old-index");
        List<Optional<IndexEntry>> before;
        try (LogIndex index = Indexes.open(temp.resolve("index"));
                SegmentLog log = open(index)) {
            append(log, 150);
            index.flush();
            IndexFiles.copy(temp.resolve("index"), old);
            append(log, 150);
            index.flush();
            before = floors(index);
        }
        try (LogIndex index = Indexes.open(old);
                SegmentLog log = open(index)) {
            index.flush();
            assertThat(floors(index)).isEqualTo(before);
            assertLogIsWhole(log);
        }
    }

    @Test
    void anIndexFromBeforeATruncationMisleadsNoRead() throws IOException {
        Path stale = temp.resolve("stale-index");
        try (LogIndex index = Indexes.open(temp.resolve("index"));
                SegmentLog log = open(index)) {
            append(log, 300);
            index.flush();
            IndexFiles.copy(temp.resolve("index"), stale);
            long to = log.logEndOffset() / 3;
            log.truncateTo(to);
            written.removeIf(batch -> batch.header().nextOffset() > to);
            append(log, 100);
        }
        try (LogIndex index = Indexes.open(stale);
                SegmentLog log = open(index)) {
            assertLogIsWhole(log);
            long end = log.logEndOffset();
            assertThat(index.partition(PARTITION)
                            .floor(Long.MAX_VALUE)
                            .orElseThrow()
                            .offset())
                    .as("what lies beyond the log's end is forgotten")
                    .isLessThan(end);
        }
    }

    @Test
    void truncationIsDurableInTheIndex() throws IOException {
        Path crashed = temp.resolve("crashed-index");
        try (LogIndex index = Indexes.open(temp.resolve("index"));
                SegmentLog log = open(index)) {
            append(log, 300);
            index.flush();
            long to = log.logEndOffset() / 2;
            log.truncateTo(to);
            IndexFiles.copy(temp.resolve("index"), crashed);
            try (LogIndex left = Indexes.open(crashed)) {
                IndexSink sink = left.partition(PARTITION);
                assertThat(sink.floor(Long.MAX_VALUE).orElseThrow().offset()).isBetween(to / 2, to - 1);
                for (long base = 0; base <= to; base++) {
                    sink.beforeTime(base, Long.MAX_VALUE)
                            .ifPresent(entry -> assertThat(entry.offset()).isLessThan(to));
                }
            }
        }
    }

    @Test
    void aTornTailTakesItsIndexWithIt() throws IOException {
        Path log0 = temp.resolve("log");
        try (LogIndex index = Indexes.open(temp.resolve("index"));
                SegmentLog log = open(index)) {
            append(log, 300);
        }
        List<Path> files;
        try (var all = Files.list(log0)) {
            files = all.sorted().toList();
        }
        Path middle = files.get(files.size() / 2);
        byte[] bytes = Files.readAllBytes(middle);
        Files.write(middle, Arrays.copyOf(bytes, bytes.length / 2));

        try (LogIndex index = Indexes.open(temp.resolve("index"));
                SegmentLog log = open(index)) {
            long end = log.recovery().cut().orElseThrow().offset();
            written.removeIf(batch -> batch.header().nextOffset() > end);
            assertLogIsWhole(log);
            append(log, 50);
            assertLogIsWhole(log);
        }
    }

    private SegmentLog open(LogIndex index) throws IOException {
        return SegmentLog.open(temp.resolve("log"), CONFIG, index.partition(PARTITION), 0);
    }

    private void append(SegmentLog log, int batches) throws IOException {
        for (int i = 0; i < batches; i++) {
            Stored next = Fixture.stored(Batches.random(random, 4, 200, 1_000 + i), log.logEndOffset(), 1);
            log.append(List.of(Fixture.pending(next, random)), 0);
            written.add(next);
        }
    }

    private List<Optional<IndexEntry>> floors(LogIndex index) {
        IndexSink sink = index.partition(PARTITION);
        List<Optional<IndexEntry>> floors = new ArrayList<>();
        for (Stored batch : written) {
            floors.add(sink.floor(batch.header().baseOffset()));
            sink.beforeTime(0, batch.header().maxTimestamp()).ifPresent(entry -> floors.add(Optional.of(entry)));
        }
        return floors;
    }

    private void assertLogIsWhole(SegmentLog log) throws IOException {
        assertThat(Fixture.contentOf(log)).isEqualTo(Fixture.joined(written));
        for (Stored batch : written) {
            long offset = batch.header().lastOffset();
            List<BatchHeader> read = Fixture.batchesIn(Fixture.bytesOf(log.slice(offset, Long.MAX_VALUE, 1, true)));
            assertThat(read).containsExactly(batch.header());
        }
    }
}
