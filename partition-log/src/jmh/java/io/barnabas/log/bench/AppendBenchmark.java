package io.barnabas.log.bench;

import io.barnabas.log.segment.SegmentLog;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Appends of groups of batches: one write call for a group, and one fsync, or none. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 3, time = 5)
public class AppendBenchmark {

    /** The disk must hold this much, and old segments go. */
    private static final long MAX_LOG_BYTES = 2L << 30;

    @Param({"1024", "65536", "1048576"})
    public int batchBytes;

    @Param({"1048576"})
    public int groupBytes;

    @Param({"true", "false"})
    public boolean fsync;

    private OpenLog open;
    private BatchSource batches;
    private int group;

    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(Scope.Thread)
    public static class Volume {
        public double megabytes;

        @Setup(Level.Iteration)
        public void reset() {
            megabytes = 0;
        }
    }

    @Setup
    public void setUp() throws IOException {
        open = new OpenLog(Directories.fresh("append"), OpenLog.CONFIG, 0);
        batches = BatchSource.of(batchBytes, 1000, 1_000);
        group = Math.max(1, groupBytes / batchBytes);
    }

    @Benchmark
    public long append(Volume volume) throws IOException {
        SegmentLog log = open.log();
        if (log.sizeInBytes() > MAX_LOG_BYTES) {
            log.restartAt(log.logEndOffset());
        }
        batches.appendTo(log, group);
        volume.megabytes += group * (double) batches.sizeInBytes() / 1e6;
        return fsync ? log.flush() : log.logEndOffset();
    }

    @TearDown
    public void tearDown() throws IOException {
        open.delete();
    }
}
