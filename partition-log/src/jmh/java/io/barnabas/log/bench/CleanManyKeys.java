package io.barnabas.log.bench;

import io.barnabas.log.LogConfig;
import io.barnabas.log.compact.CleanReport;
import io.barnabas.log.compact.CleanableLog;
import io.barnabas.log.compact.IoThrottle;
import io.barnabas.log.compact.LogCleaner;
import io.barnabas.log.segment.SegmentLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.record.internal.SimpleRecord;

/**
 * Cleans a log in which each key comes twice, with a fixed budget of memory for the keys. Arguments: millions of
 * distinct keys, megabytes for them.
 */
public final class CleanManyKeys {

    private static final int RECORDS = 500;
    private static final int VALUE_BYTES = 64;

    private CleanManyKeys() {}

    public static void main(String[] arguments) throws IOException {
        long keys = Long.parseLong(arguments[0]) * 1_000_000;
        long budget = Long.parseLong(arguments[1]) << 20;
        Path directory = Directories.fresh("clean");
        OpenLog open = new OpenLog(directory, OpenLog.CONFIG, 0);
        try {
            SegmentLog log = open.log();
            for (int round = 0; round < 2; round++) {
                for (long key = 0; key < keys; key += RECORDS) {
                    batch(key).appendTo(log, 1);
                }
            }
            log.roll();
            log.flush();
            long before = log.sizeInBytes();
            Whole whole = new Whole(log);
            long begun = System.nanoTime();
            CleanReport report = new LogCleaner(budget, IoThrottle.NONE, () -> false)
                    .clean(whole, LogCleaner.plan(whole, Long.MAX_VALUE / 2), Long.MAX_VALUE / 2)
                    .orElseThrow();
            double seconds = (System.nanoTime() - begun) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "%,d distinct keys in %,d records, %,d MB: cleaned in %.1f s with %,d MB for keys, %d passes,"
                            + " %.1f MB/s of log, %,.0f records/s; %,d MB left, heap in use %,d MB%n",
                    keys,
                    2 * keys,
                    before / 1_000_000,
                    seconds,
                    budget >> 20,
                    report.passes(),
                    before / seconds / 1e6,
                    2 * keys / seconds,
                    log.sizeInBytes() / 1_000_000,
                    (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) / 1_000_000);
            if (report.recordsKept() < keys) {
                throw new IllegalStateException("a key was lost: " + report);
            }
        } finally {
            open.delete();
        }
    }

    private static BatchSource batch(long firstKey) {
        SimpleRecord[] records = new SimpleRecord[RECORDS];
        for (int i = 0; i < RECORDS; i++) {
            byte[] key = ByteBuffer.allocate(Long.BYTES).putLong(firstKey + i).array();
            records[i] = new SimpleRecord(1_000, key, new byte[VALUE_BYTES]);
        }
        return BatchSource.of(records);
    }

    /** A log that nobody else uses. */
    private record Whole(SegmentLog segments) implements CleanableLog {

        @Override
        public String name() {
            return "clean-0";
        }

        @Override
        public LogConfig config() {
            return LogConfig.DEFAULT.with(new LogConfig.Compaction(true, 86_400_000L, 0, Long.MAX_VALUE, 0));
        }

        @Override
        public long finalTo() {
            return segments.logEndOffset();
        }

        @Override
        public long committedTo() {
            return segments.logEndOffset();
        }

        @Override
        public void requestSnapshot() {
            // All of it is final already.
        }

        @Override
        public Map<Long, Long> lastOffsets() {
            return Map.of();
        }

        @Override
        public <T> Optional<T> exclusively(Change<T> change) throws IOException {
            return Optional.of(change.run());
        }

        @Override
        public void failed(String reason, Throwable cause) {
            throw new IllegalStateException(reason, cause);
        }
    }
}
