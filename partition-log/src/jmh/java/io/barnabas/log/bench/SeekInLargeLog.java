package io.barnabas.log.bench;

import io.barnabas.log.LogSlice;
import io.barnabas.log.PartitionReplica.TimestampOffset;
import io.barnabas.log.segment.SegmentLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import org.apache.kafka.common.record.internal.SimpleRecord;

/**
 * Seeks by time and by offset in a log of many records, warm. Argument: millions of records. Times go up by one
 * millisecond from batch to batch, so each answer can be told.
 */
public final class SeekInLargeLog {

    private static final int RECORDS = 200;
    private static final int VALUE_BYTES = 40;
    private static final int SEEKS = 20_000;
    private static final long FIRST_TIME = 1_000_000;

    private SeekInLargeLog() {}

    @FunctionalInterface
    private interface Seek {
        void to(long offset) throws IOException;
    }

    public static void main(String[] arguments) throws IOException {
        long count = Long.parseLong(arguments[0]) * 1_000_000;
        Path directory = Directories.fresh("seek");
        OpenLog open = new OpenLog(directory, OpenLog.CONFIG, 0);
        try {
            SegmentLog log = open.log();
            long begun = System.nanoTime();
            for (long at = 0; at < count; at += RECORDS) {
                batch(FIRST_TIME + at / RECORDS).appendTo(log, 1);
            }
            log.flush();
            open.index().flush();
            System.out.printf(
                    Locale.ROOT,
                    "%,d records in %,d batches, %d segments, %,d MB, written in %.0f s, index entries dropped: %d%n",
                    log.logEndOffset(),
                    count / RECORDS,
                    log.segments(),
                    log.sizeInBytes() / 1_000_000,
                    (System.nanoTime() - begun) / 1e9,
                    open.index().dropped());
            report("by time", count, offset -> {
                long time = FIRST_TIME + offset / RECORDS;
                TimestampOffset found = log.find(time, 0, Long.MAX_VALUE);
                if (found.offset() != offset / RECORDS * RECORDS || found.timestampMs() != time) {
                    throw new IllegalStateException("at " + time + " stands " + found);
                }
            });
            report("by offset", count, offset -> {
                LogSlice slice = log.slice(offset, Long.MAX_VALUE, 1, true);
                slice.release();
            });
        } finally {
            open.delete();
        }
    }

    private static BatchSource batch(long time) {
        SimpleRecord[] records = new SimpleRecord[RECORDS];
        Arrays.setAll(records, i -> new SimpleRecord(time, new byte[VALUE_BYTES]));
        return BatchSource.of(records);
    }

    /** Twice, the first time to warm up. */
    private static void report(String what, long count, Seek seek) throws IOException {
        long[] nanos = new long[SEEKS];
        for (int round = 0; round < 2; round++) {
            SplittableRandom random = new SplittableRandom(round);
            for (int i = 0; i < SEEKS; i++) {
                long offset = random.nextLong(count);
                long begun = System.nanoTime();
                seek.to(offset);
                nanos[i] = System.nanoTime() - begun;
            }
        }
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "seek %s: mean %.1f us, p50 %.1f, p99 %.1f, p99.9 %.1f, max %.1f us%n",
                what,
                Arrays.stream(nanos).average().orElseThrow() / 1e3,
                nanos[SEEKS / 2] / 1e3,
                nanos[SEEKS * 99 / 100] / 1e3,
                nanos[SEEKS * 999 / 1000] / 1e3,
                nanos[SEEKS - 1] / 1e3);
    }
}
