package io.barnabas.log.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.barnabas.log.PartitionReplica.TimestampOffset;
import io.barnabas.log.index.IndexEntry;
import io.barnabas.log.index.IndexSink;
import io.barnabas.log.index.Indexes;
import io.barnabas.log.index.LogIndex;
import io.barnabas.log.index.SegmentMark;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.Batches;
import io.barnabas.log.rules.Seeds;
import io.barnabas.log.segment.Fixture.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries that an index has lost come back beside everything else that happens to a log. */
class IndexRestorationTest {

    private static final SegmentLogConfig CONFIG = new SegmentLogConfig(6_000, 3_600_000, 400);
    private static final int EPOCH = 3;
    private static final long NO_LIMIT = Long.MAX_VALUE;

    @TempDir
    Path temp;

    private final List<Stored> written = new ArrayList<>();
    private long start;

    @Test
    void entriesComeBackWhileTheLogGrowsAndShrinks() throws Exception {
        Seeds.run("index restoration", 8, random -> {
            written.clear();
            start = 0;
            Path own = Files.createTempDirectory(temp, "log");
            try (LogIndex index = Indexes.open(own.resolve("index"))) {
                UUID partition = UUID.randomUUID();
                LosingIndex losing = new LosingIndex(index.partition(partition));
                SegmentLog log = SegmentLog.open(own.resolve("log"), CONFIG, losing, NO_LIMIT);
                try {
                    changeWhileRestoring(log, losing, random);
                    restoreAll(log, index);
                    checkEntries(log, losing);
                    checkQueries(log, random);
                    log.close();
                    log = SegmentLog.open(own.resolve("log"), CONFIG, losing, log.logEndOffset());
                    assertThat(log.restoreIndex(bytes -> {}))
                            .as("marks tell that nothing is missing")
                            .isFalse();
                    checkQueries(log, random);
                } finally {
                    log.close();
                }
            }
        });
    }

    private void changeWhileRestoring(SegmentLog log, LosingIndex index, SplittableRandom random) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> restoring = CompletableFuture.runAsync(() -> {
            while (!done.get()) {
                try {
                    log.restoreIndex(bytes -> {});
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        });
        try {
            for (int step = 0; step < 200; step++) {
                change(log, index, random);
            }
        } finally {
            done.set(true);
        }
        restoring.join();
        index.refuse(false);
    }

    private void change(SegmentLog log, LosingIndex index, SplittableRandom random) throws IOException {
        switch (random.nextInt(30)) {
            case 0 -> index.lose();
            case 1 -> index.refuse(random.nextBoolean());
            case 2 -> log.roll();
            case 3 -> {
                long to = log.logEndOffset() - random.nextLong(Math.min(60, log.logEndOffset() - start + 1));
                log.truncateTo(to);
                written.removeIf(batch -> batch.header().nextOffset() > to);
            }
            case 4 -> {
                log.trimTo(start + random.nextLong((log.logEndOffset() - start) / 4 + 1));
                start = log.logStartOffset();
                written.removeIf(batch -> batch.header().baseOffset() < start);
            }
            default -> append(log, random);
        }
    }

    private void append(SegmentLog log, SplittableRandom random) throws IOException {
        List<Pending> batches = new ArrayList<>();
        long end = log.logEndOffset();
        for (int i = random.nextInt(4); i >= 0; i--) {
            Stored next = Fixture.stored(Batches.random(random, 4, 200, 1_000 + end), end, EPOCH);
            end = next.header().nextOffset();
            batches.add(Fixture.pending(next, random));
            written.add(next);
        }
        log.append(batches, 0);
    }

    private static void restoreAll(SegmentLog log, LogIndex index) throws IOException {
        while (log.restoreIndex(bytes -> {})) {
            index.flush();
        }
        index.flush();
    }

    /** Each batch has an entry near before it, each entry tells the truth, and no others are there. */
    private void checkEntries(SegmentLog log, IndexSink index) throws IOException {
        Optional<IndexEntry> above = index.floor(Long.MAX_VALUE);
        above.ifPresent(entry -> assertThat(entry.offset()).isLessThan(log.logEndOffset()));
        assertThat(index.floor(start - 1)).isEmpty();
        List<BatchHeader> headers = new ArrayList<>();
        List<Long> positions = new ArrayList<>();
        log.scan(start, log.logEndOffset(), (header, position) -> {
            headers.add(header);
            positions.add(position);
        });
        assertThat(headers).isEqualTo(written.stream().map(Stored::header).toList());
        long largest =
                headers.stream().mapToLong(BatchHeader::sizeInBytes).max().orElse(0);
        for (int i = 0; i < headers.size(); i++) {
            Optional<IndexEntry> floor = index.floor(headers.get(i).baseOffset());
            long segment = segmentOf(log, headers.get(i).baseOffset());
            long from = floor.filter(entry -> entry.segmentBase() == segment)
                    .map(IndexEntry::position)
                    .orElse(0L);
            assertThat(positions.get(i) - from)
                    .as("scanned bytes")
                    .isLessThan(2 * (CONFIG.indexIntervalBytes() + largest));
            floor.ifPresent(entry -> {
                int at = indexOf(headers, entry.offset());
                assertThat(positions.get(at)).isEqualTo(entry.position());
            });
        }
    }

    private static int indexOf(List<BatchHeader> headers, long offset) {
        for (int i = 0; i < headers.size(); i++) {
            if (headers.get(i).baseOffset() == offset) {
                return i;
            }
        }
        throw new AssertionError("an entry of offset " + offset + " is left, where no batch begins");
    }

    private static long segmentOf(SegmentLog log, long offset) {
        return log.facts().stream()
                .mapToLong(facts -> facts.baseOffset())
                .filter(base -> base <= offset)
                .max()
                .orElseThrow();
    }

    private void checkQueries(SegmentLog log, SplittableRandom random) throws IOException {
        assertThat(Fixture.contentOf(log)).isEqualTo(Fixture.joined(written));
        List<TimestampOffset> all = Fixture.timesOf(written);
        for (int i = 0; i < 40; i++) {
            long target = 900 + random.nextLong(log.logEndOffset() + 200);
            assertThat(log.find(target, 0, NO_LIMIT))
                    .isEqualTo(Fixture.first(all, record -> record.timestampMs() >= target));
        }
        long max = all.stream().mapToLong(TimestampOffset::timestampMs).max().orElse(-1);
        assertThat(log.findMaxTimestamp(0, NO_LIMIT))
                .isEqualTo(Fixture.first(all, record -> record.timestampMs() == max));
    }

    @Test
    void aLogIsOpenedWithoutReadingItsClosedSegmentsAndAnswersTheSame() throws IOException {
        SplittableRandom random = new SplittableRandom(4);
        try (LogIndex index = Indexes.open(temp.resolve("index"))) {
            IndexSink sink = index.partition(UUID.randomUUID());
            try (SegmentLog log = SegmentLog.open(temp.resolve("log"), CONFIG, sink, 0)) {
                while (log.segments() < 8) {
                    append(log, random);
                }
            }
            sink.clear();
            long end = written.getLast().header().nextOffset();
            try (SegmentLog log = SegmentLog.open(temp.resolve("log"), CONFIG, sink, end)) {
                assertThat(log.facts().getFirst().maxTimestamp())
                        .as("not read yet")
                        .isEqualTo(Long.MAX_VALUE);
                checkQueries(log, random);
                restoreAll(log, index);
                checkEntries(log, sink);
                checkQueries(log, random);
                SegmentMark mark = sink.markOf(0).orElseThrow();
                assertThat(mark.nextOffset()).isEqualTo(log.facts().getFirst().nextOffset());
                assertThat(mark.maxTimestamp()).isEqualTo(log.facts().getFirst().maxTimestamp());
            }
        }
    }

    @Test
    void damageInAClosedSegmentIsFoundAtTheLatestWhenItsEntriesAreRestored() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        try (LogIndex index = Indexes.open(temp.resolve("index"))) {
            IndexSink sink = index.partition(UUID.randomUUID());
            try (SegmentLog log = SegmentLog.open(temp.resolve("log"), CONFIG, sink, 0)) {
                while (log.segments() < 3) {
                    append(log, random);
                }
            }
            index.flush();
            long end = written.getLast().header().nextOffset();
            Path first = SegmentRecovery.fileOf(temp.resolve("log"), 0);
            byte[] bytes = Files.readAllBytes(first);
            Files.write(first, Arrays.copyOf(bytes, bytes.length - 100));
            assertThatThrownBy(() -> SegmentLog.open(temp.resolve("log"), CONFIG, sink, end))
                    .as("the mark tells that something is missing")
                    .isInstanceOf(CorruptLogException.class);

            sink.clear();
            try (SegmentLog log = SegmentLog.open(temp.resolve("log"), CONFIG, sink, end)) {
                assertThatThrownBy(() -> log.restoreIndex(passed -> {}))
                        .isInstanceOf(CorruptLogException.class)
                        .hasMessageContaining(first.getFileName().toString());
            }
        }
    }

    @Test
    void anIndexThatIsDamagedInUseIsMadeAnew() throws Exception {
        SplittableRandom random = new SplittableRandom(6);
        try (LogIndex index = Indexes.open(temp.resolve("index"))) {
            IndexSink sink = index.partition(UUID.randomUUID());
            try (SegmentLog log = SegmentLog.open(temp.resolve("log"), CONFIG, sink, 0)) {
                while (log.segments() < 8) {
                    append(log, random);
                }
                index.flush();
                spoilTables(temp.resolve("index"));
                checkQueries(log, random);
                await().until(() -> sink.generation() > 0);
                index.flush();
                append(log, random);
                restoreAll(log, index);
                checkEntries(log, sink);
                checkQueries(log, random);
            }
        }
    }

    private static void spoilTables(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".sst")).toList()) {
                // In place, as a failing disk does it: RocksDB has the file open.
                Files.write(file, new byte[(int) Files.size(file)], StandardOpenOption.WRITE);
            }
        }
    }
}
