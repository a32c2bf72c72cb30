package io.barnabas.log.compact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.log.LogConfig;
import io.barnabas.log.LogSlice;
import io.barnabas.log.index.IndexSink;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.BatchRules;
import io.barnabas.log.rules.CleanPlan;
import io.barnabas.log.rules.Seeds;
import io.barnabas.log.segment.CorruptLogException;
import io.barnabas.log.segment.DiskFaults;
import io.barnabas.log.segment.SegmentFiles;
import io.barnabas.log.segment.SegmentLog;
import io.barnabas.log.segment.SegmentLogConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What others see of a log while it is cleaned, and when a cleaning fails. */
class CleaningBesideReadersTest {

    private static final LogConfig CONFIG = LogConfig.DEFAULT
            .with(new LogConfig.Segments(4_000, 3_600_000, 300))
            .with(new LogConfig.Compaction(true, 1, 0, Long.MAX_VALUE, 0));
    private static final long NOW = 1_000_000;

    @TempDir
    Path directory;

    @Test
    void readersSeeWholeBatchesInOrder() throws Exception {
        Seeds.run("cleaning beside readers", 1, random -> {
            try (SegmentLog log = open(SegmentFiles.direct());
                    ExecutorService threads = Executors.newFixedThreadPool(2)) {
                KeyedLog model = new KeyedLog(random, 40);
                for (int i = 0; i < 100; i++) {
                    model.append(log, NOW);
                }
                AtomicBoolean done = new AtomicBoolean();
                List<Future<Long>> readers = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    SplittableRandom own = random.split();
                    readers.add(threads.submit(() -> read(log, own, done)));
                }
                try {
                    for (int round = 0; round < 60; round++) {
                        for (int i = 0; i < 10; i++) {
                            model.append(log, NOW + round);
                        }
                        clean(log, model, NOW + round);
                    }
                } finally {
                    done.set(true);
                }
                for (Future<Long> reader : readers) {
                    assertThat(reader.get()).as("batches read").isPositive();
                }
                model.check(log);
            }
        });
    }

    private static long read(SegmentLog log, SplittableRandom random, AtomicBoolean done) throws IOException {
        long batches = 0;
        while (!done.get() || batches == 0) {
            long end = log.logEndOffset();
            long next = random.nextLong(end);
            while (next < end) {
                ByteBuffer bytes = KeyedLog.bytesOf(log.slice(next, end, 1 + random.nextInt(5_000), true));
                if (!bytes.hasRemaining()) {
                    // Cleaned beyond the old end meanwhile, an empty batch may reach over it.
                    long grown = log.logEndOffset();
                    assertThat(grown).as("batches from %d to %d", next, end).isGreaterThan(end);
                    end = grown;
                    continue;
                }
                for (int at = 0; at < bytes.limit(); ) {
                    BatchHeader header = BatchHeader.parse(bytes, at);
                    assertThat(header.nextOffset()).isGreaterThan(next);
                    assertThat(BatchRules.crcOf(bytes, at, header.sizeInBytes()))
                            .isEqualTo(header.crc());
                    next = header.nextOffset();
                    at += header.sizeInBytes();
                    batches++;
                }
            }
        }
        return batches;
    }

    @Test
    void aSliceOutlivesItsSegment() throws IOException {
        try (SegmentLog log = open(SegmentFiles.direct())) {
            KeyedLog model = filled(log);
            LogSlice slice = log.slice(0, log.logEndOffset(), 1 << 20, true);
            long size = slice.sizeInBytes();
            clean(log, model, NOW);
            clean(log, model, NOW + 1);
            assertThat(KeyedLog.bytesOf(slice).remaining()).isEqualTo((int) size);
            model.check(log);
        }
    }

    @Test
    void aFullDiskLeavesTheLogAsItWas() throws IOException {
        DiskFaults disk = new DiskFaults();
        try (SegmentLog log = open(disk)) {
            KeyedLog model = filled(log);
            disk.failWrites(new IOException("No space left on device"));
            OwnedLog owned = new OwnedLog(log, CONFIG, log.logEndOffset(), model.lastOffsets());
            assertThatThrownBy(() -> cleaner().clean(owned, LogCleaner.plan(owned, NOW), NOW))
                    .hasMessageContaining("disk is full");
            disk.failWrites(null);
            assertThat(owned.failure()).isNull();
            assertThat(names()).noneMatch(name -> name.endsWith(".cleaned"));
            model.check(log);
            clean(log, model, NOW);
            model.check(log);
        }
    }

    @Test
    void damageIsFoundAndNotWrittenAnew() throws IOException {
        try (SegmentLog log = open(SegmentFiles.direct())) {
            KeyedLog model = filled(log);
            Path first = directory.resolve("00000000000000000000.log");
            byte[] bytes = Files.readAllBytes(first);
            bytes[bytes.length - 1] ^= 1;
            Files.write(first, bytes);
            OwnedLog owned = new OwnedLog(log, CONFIG, log.logEndOffset(), model.lastOffsets());
            assertThatThrownBy(() -> cleaner().clean(owned, LogCleaner.plan(owned, NOW), NOW))
                    .isInstanceOf(CorruptLogException.class)
                    .hasMessageContaining(first.toString());
            assertThat(Files.readAllBytes(first)).isEqualTo(bytes);
        }
    }

    private SegmentLog open(SegmentFiles files) throws IOException {
        return SegmentLog.open(files, directory, SegmentLogConfig.of(CONFIG), IndexSink.NONE, 0);
    }

    private static KeyedLog filled(SegmentLog log) throws IOException {
        KeyedLog model = new KeyedLog(new SplittableRandom(11), 10);
        for (int i = 0; i < 100; i++) {
            model.append(log, NOW);
        }
        assertThat(log.segments()).isGreaterThan(3);
        return model;
    }

    private static LogCleaner cleaner() {
        return new LogCleaner(1 << 20, IoThrottle.NONE, () -> false);
    }

    private static void clean(SegmentLog log, KeyedLog model, long nowMs) throws IOException {
        OwnedLog owned = new OwnedLog(log, CONFIG, log.logEndOffset(), model.lastOffsets());
        CleanPlan plan = LogCleaner.plan(owned, nowMs);
        if (plan.due()) {
            assertThat(cleaner().clean(owned, plan, nowMs)).isPresent();
            model.cleaned(plan.toOffset(), nowMs, CONFIG.compaction());
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.map(each -> each.getFileName().toString()).toList();
        }
    }
}
