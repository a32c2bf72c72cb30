package io.barnabas.log.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.index.IndexSink;
import io.barnabas.log.index.Indexes;
import io.barnabas.log.index.LogIndex;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.Batches;
import io.barnabas.log.rules.Seeds;
import io.barnabas.log.segment.Fixture.Stored;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers below the high watermark while a writer appends, flushes, and takes back what lies above it. */
class ConcurrentReadsTest {

    private static final int ROUNDS = 1_500;

    @TempDir
    Path directory;

    @Test
    void readersSeeOnlyWholeBatchesInOrder() throws Exception {
        Seeds.run("concurrent reads", 1, random -> {
            try (LogIndex index = Indexes.open(directory.resolve("index"));
                    ExecutorService threads = Executors.newFixedThreadPool(5)) {
                IndexSink sink = index.partition(UUID.randomUUID());
                SegmentLogConfig config = new SegmentLogConfig(30_000, 3_600_000, 1_000);
                try (SegmentLog log = SegmentLog.open(directory.resolve("log"), config, sink, 0)) {
                    AtomicLong highWatermark = new AtomicLong();
                    AtomicBoolean done = new AtomicBoolean();
                    List<Future<Long>> readers = new ArrayList<>();
                    for (int i = 0; i < 3; i++) {
                        SplittableRandom own = random.split();
                        readers.add(threads.submit(reader(log, highWatermark, done, own)));
                    }
                    Future<Long> flusher = threads.submit(() -> {
                        long flushes = 0;
                        while (!done.get()) {
                            assertThat(log.flush()).isLessThanOrEqualTo(1L << 40);
                            flushes++;
                        }
                        return flushes;
                    });
                    try {
                        write(log, highWatermark, random);
                    } finally {
                        done.set(true);
                    }
                    for (Future<Long> reader : readers) {
                        assertThat(reader.get()).as("batches read").isPositive();
                    }
                    assertThat(flusher.get()).isPositive();
                    assertThat(log.segments()).isGreaterThan(3);
                }
            }
        });
    }

    private static void write(SegmentLog log, AtomicLong highWatermark, SplittableRandom random) throws Exception {
        int epoch = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<Pending> pending = new ArrayList<>();
            long next = log.logEndOffset();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                Stored batch = Fixture.stored(Batches.random(random, 3, 300, 500), next, epoch);
                pending.add(Fixture.pending(batch, random));
                next = batch.header().nextOffset();
            }
            log.append(pending, round);
            if (random.nextInt(5) == 0) {
                long low = highWatermark.get();
                log.truncateTo(low + random.nextLong(log.logEndOffset() - low + 1));
                epoch++;
            }
            if (random.nextInt(3) == 0) {
                highWatermark.set(log.logEndOffset());
            }
        }
        highWatermark.set(log.logEndOffset());
    }

    private static Callable<Long> reader(
            SegmentLog log, AtomicLong highWatermark, AtomicBoolean done, SplittableRandom random) {
        return () -> {
            long next = 0;
            long batches = 0;
            while (true) {
                boolean last = done.get();
                long upper = highWatermark.get();
                if (next == upper && last) {
                    return batches;
                }
                if (next < upper) {
                    List<BatchHeader> read =
                            Fixture.batchesIn(Fixture.bytesOf(log.slice(next, upper, random.nextInt(5_000), true)));
                    assertThat(read).as("a batch from %d below %d", next, upper).isNotEmpty();
                    for (BatchHeader header : read) {
                        assertThat(header.baseOffset()).isEqualTo(next);
                        next = header.nextOffset();
                        batches++;
                    }
                    assertThat(next).isLessThanOrEqualTo(upper);
                }
                if (next == upper && !last && random.nextInt(50) == 0) {
                    next = 0;
                }
            }
        };
    }
}
