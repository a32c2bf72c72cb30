package io.barnabas.log.bench;

import io.barnabas.log.LogSlice;
import io.barnabas.log.PartitionReplica.TimestampOffset;
import io.barnabas.log.segment.SegmentLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Reads of a log that is in the page cache, in order and at random, and seeks by offset and by time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 3)
public class ReadBenchmark {

    private static final int FETCH_BYTES = 1 << 20;
    private static final long FIRST_TIME = 1_000_000;
    private static final int BATCHES_AT_ONCE = 256;

    @Param({"1024", "65536"})
    public int batchBytes;

    @Param({"1073741824"})
    public long logBytes;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(2 * FETCH_BYTES);
    private final SplittableRandom random = new SplittableRandom(3);
    private OpenLog open;
    private SegmentLog log;
    private long next;

    @Setup
    public void setUp() throws IOException {
        open = new OpenLog(Directories.fresh("read"), OpenLog.CONFIG, 0);
        log = open.log();
        byte[] value = new byte[batchBytes - 75];
        while (log.sizeInBytes() < logBytes) {
            // One record each, so that a time is an offset.
            BatchSource.of(new SimpleRecord(FIRST_TIME + log.logEndOffset(), value)).appendTo(log, 1);
            if (log.logEndOffset() % BATCHES_AT_ONCE == 0) {
                log.flush();
            }
        }
        open.index().flush();
    }

    /** One megabyte after the other; divide by it for the throughput. */
    @Benchmark
    public int sequentialMegabyte() throws IOException {
        if (next >= log.logEndOffset()) {
            next = 0;
        }
        int bytes = read(next, FETCH_BYTES);
        next += bytes / (log.sizeInBytes() / log.logEndOffset());
        return bytes;
    }

    /** One batch anywhere, found and read. */
    @Benchmark
    public int randomBatch() throws IOException {
        return read(random.nextLong(log.logEndOffset()), 1);
    }

    /** Where an offset stands. */
    @Benchmark
    public long seekOffset() throws IOException {
        LogSlice slice = log.slice(random.nextLong(log.logEndOffset()), Long.MAX_VALUE, 1, true);
        long position = slice.position();
        slice.release();
        return position;
    }

    /** The first record at or after a time. */
    @Benchmark
    public TimestampOffset seekTime() throws IOException {
        return log.find(FIRST_TIME + random.nextLong(log.logEndOffset()), 0, Long.MAX_VALUE);
    }

    private int read(long offset, int maxBytes) throws IOException {
        LogSlice slice = log.slice(offset, Long.MAX_VALUE, maxBytes, true);
        try {
            buffer.clear().limit(slice.sizeInBytes());
            long at = slice.position();
            while (buffer.hasRemaining()) {
                at += slice.channel().read(buffer, at);
            }
            return slice.sizeInBytes();
        } finally {
            slice.release();
        }
    }

    @TearDown
    public void tearDown() throws IOException {
        open.delete();
    }
}
