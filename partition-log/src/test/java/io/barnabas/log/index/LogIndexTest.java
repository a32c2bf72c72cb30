package io.barnabas.log.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.log.rules.Seeds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogIndexTest {

    @TempDir
    Path directory;

    @Test
    void findsAsAListWould() throws Exception {
        Seeds.run("log index", 6, this::compareWithLists);
    }

    /** Neighbours in the order of keys, so that one partition's search could stray into another's. */
    private static List<UUID> neighbours(SplittableRandom random) {
        UUID first = new UUID(random.nextLong(), random.nextLong());
        return List.of(
                first,
                new UUID(first.getMostSignificantBits(), first.getLeastSignificantBits() + 1),
                new UUID(first.getMostSignificantBits(), first.getLeastSignificantBits() - 1),
                new UUID(-1, -1),
                new UUID(0, 0));
    }

    private void compareWithLists(SplittableRandom random) throws IOException {
        Path own = Files.createTempDirectory(directory, "index");
        List<UUID> partitions = neighbours(random);
        Map<UUID, List<IndexEntry>> model = new HashMap<>();
        partitions.forEach(partition -> model.put(partition, new ArrayList<>()));
        LogIndex index = Indexes.open(own);
        try {
            for (int step = 0; step < 400; step++) {
                UUID partition = partitions.get(random.nextInt(partitions.size()));
                List<IndexEntry> entries = model.get(partition);
                IndexSink sink = index.partition(partition);
                switch (random.nextInt(60)) {
                    case 0 -> {
                        sink.clear();
                        entries.clear();
                    }
                    case 1, 2 -> {
                        long to = random.nextLong(endOf(entries) + 2);
                        sink.truncate(to);
                        entries.removeIf(entry -> entry.offset() >= to);
                    }
                    case 4 -> {
                        List<Long> bases = entries.stream()
                                .map(IndexEntry::segmentBase)
                                .distinct()
                                .toList();
                        if (!bases.isEmpty()) {
                            long from = bases.get(random.nextInt(bases.size()));
                            long to = bases.get(random.nextInt(bases.size()));
                            sink.removeSegments(from, Math.max(from, to));
                            entries.removeIf(entry -> entry.segmentBase() >= from && entry.segmentBase() < to);
                        }
                    }
                    case 3 -> {
                        index.close();
                        index = Indexes.open(own);
                    }
                    default -> {
                        for (int n = random.nextInt(5); n >= 0; n--) {
                            IndexEntry entry = next(random, entries);
                            sink.add(entry);
                            entries.add(entry);
                        }
                    }
                }
                if (step % 40 == 0) {
                    index.flush();
                    for (UUID each : partitions) {
                        compare(index.partition(each), model.get(each), random);
                    }
                }
            }
        } finally {
            index.close();
        }
    }

    private static long endOf(List<IndexEntry> entries) {
        return entries.isEmpty() ? 0 : entries.getLast().offset() + 1;
    }

    /** The next entry as a log would give it. */
    private static IndexEntry next(SplittableRandom random, List<IndexEntry> entries) {
        if (entries.isEmpty()) {
            return new IndexEntry(3, 0, 100, random.nextInt(-1, 10), 0);
        }
        IndexEntry last = entries.getLast();
        long offset = last.offset() + 1 + random.nextInt(5);
        if (random.nextInt(6) == 0) {
            return new IndexEntry(offset + 1, offset, 50, random.nextInt(-1, 10), offset);
        }
        boolean later = random.nextBoolean();
        return new IndexEntry(
                offset,
                last.segmentBase(),
                last.position() + 1 + random.nextInt(100),
                last.maxTimestamp() + (later ? 1 + random.nextInt(5) : 0),
                later ? last.offset() : last.maxTimestampOffset());
    }

    private static void compare(IndexSink sink, List<IndexEntry> entries, SplittableRandom random) {
        for (long offset = -1; offset < endOf(entries) + 2; offset++) {
            long upTo = offset;
            Optional<IndexEntry> floor =
                    entries.stream().filter(entry -> entry.offset() <= upTo).reduce((a, b) -> b);
            assertThat(sink.floor(offset)).isEqualTo(floor);
        }
        for (int i = 0; i < 50; i++) {
            long base = entries.isEmpty()
                    ? 0
                    : entries.get(random.nextInt(entries.size())).segmentBase();
            long time = random.nextInt(-2, 60);
            Optional<IndexEntry> best = entries.stream()
                    .filter(entry -> entry.segmentBase() == base && entry.maxTimestamp() < time)
                    .reduce((a, b) -> b);
            Optional<IndexEntry> found = sink.beforeTime(base, time);
            // An entry of the same time that was truncated may have hidden an older one: then less is known, not more.
            if (!found.equals(best)) {
                long limit = best.orElseThrow().offset();
                found.ifPresent(entry -> {
                    assertThat(entries).contains(entry);
                    assertThat(entry.segmentBase()).isEqualTo(base);
                    assertThat(entry.offset()).isLessThan(limit);
                });
            }
        }
    }

    @Test
    void timesBeforeTheFirstAreFoundToo() throws IOException {
        try (LogIndex index = Indexes.open(directory)) {
            IndexSink sink = index.partition(UUID.randomUUID());
            IndexEntry none = new IndexEntry(5, 0, 100, -1, -1);
            IndexEntry some = new IndexEntry(9, 0, 200, 50, 5);
            sink.add(none);
            sink.add(some);
            index.flush();
            assertThat(sink.beforeTime(0, -1)).isEmpty();
            assertThat(sink.beforeTime(0, 0)).contains(none);
            assertThat(sink.beforeTime(0, 50)).contains(none);
            assertThat(sink.beforeTime(0, 51)).contains(some);
            assertThat(sink.beforeTime(0, Long.MIN_VALUE)).isEmpty();
            assertThat(sink.beforeTime(0, Long.MAX_VALUE)).contains(some);
            assertThat(sink.beforeTime(5, Long.MAX_VALUE)).isEmpty();
        }
    }

    @Test
    void anIndexInUseIsNotTouched() throws IOException {
        try (LogIndex index = Indexes.open(directory)) {
            IndexSink sink = index.partition(UUID.randomUUID());
            sink.add(new IndexEntry(1, 0, 10, 5, 0));
            assertThatThrownBy(() -> Indexes.open(directory))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use by another process");
            index.flush();
            assertThat(sink.floor(1)).isPresent();
        }
    }

    @Test
    void aDamagedIndexBeginsAnew() throws IOException {
        UUID partition = UUID.randomUUID();
        for (String damaged : List.of("MANIFEST", "CURRENT", ".sst")) {
            try (LogIndex index = Indexes.open(directory)) {
                index.partition(partition).add(new IndexEntry(1, 0, 10, 5, 0));
            }
            try (var files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    if (file.getFileName().toString().contains(damaged)) {
                        Files.writeString(file, "this is not what was here");
                    }
                }
            }
            try (LogIndex index = Indexes.open(directory)) {
                IndexSink sink = index.partition(partition);
                assertThat(sink.floor(1)).as(damaged).isEmpty();
                sink.add(new IndexEntry(2, 0, 20, 5, 0));
                index.flush();
                assertThat(sink.floor(5)).as(damaged).contains(new IndexEntry(2, 0, 20, 5, 0));
            }
        }
    }

    @Test
    void aClosedIndexKnowsNothingAndTakesNothing() throws IOException {
        LogIndex index = Indexes.open(directory);
        IndexSink sink = index.partition(UUID.randomUUID());
        sink.add(new IndexEntry(1, 0, 10, 5, 0));
        index.close();
        index.close();
        assertThat(sink.floor(1)).isEmpty();
        assertThat(sink.beforeTime(0, 100)).isEmpty();
        sink.add(new IndexEntry(2, 0, 10, 5, 0));
        assertThatThrownBy(() -> sink.truncate(0)).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void underPressureEntriesAreDroppedAndTheRestStays() throws IOException {
        try (LogIndex index = Indexes.open(directory)) {
            IndexSink sink = index.partition(UUID.randomUUID());
            int added = 200_000;
            for (int i = 0; i < added; i++) {
                sink.add(new IndexEntry(i, 0, i, i, i));
            }
            index.flush();
            long stored = 0;
            for (long at = added; at >= 0; stored++) {
                Optional<IndexEntry> entry = sink.floor(at);
                if (entry.isEmpty()) {
                    break;
                }
                assertThat(entry.get().position()).isEqualTo(entry.get().offset());
                at = entry.get().offset() - 1;
            }
            assertThat(stored + index.dropped()).isEqualTo(added);
        }
    }

    @Test
    void recoveryWaitsInsteadOfDropping() throws IOException {
        try (LogIndex index = Indexes.open(directory)) {
            IndexSink sink = index.partition(UUID.randomUUID());
            for (int i = 0; i < 40_000; i++) {
                sink.restore(new IndexEntry(i, 0, i, i, i));
            }
            index.flush();
            assertThat(index.dropped()).isZero();
            for (int i = 0; i < 40_000; i += 97) {
                assertThat(sink.floor(i)).contains(new IndexEntry(i, 0, i, i, i));
            }
        }
    }
}
