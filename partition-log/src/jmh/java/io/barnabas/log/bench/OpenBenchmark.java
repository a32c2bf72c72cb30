package io.barnabas.log.bench;

import io.barnabas.log.segment.SegmentLogConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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

/** Opening a log of 256 MB segments, files in the page cache, index included. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 5)
public class OpenBenchmark {

    private static final SegmentLogConfig CONFIG =
            new SegmentLogConfig(256 << 20, 604_800_000L, 4096);

    /** How the log was left: closed, or by a crash after which all, or what follows a recovery point, is checked. */
    public enum Left {
        CLOSED,
        CRASHED_RECOVERY_POINT_AT_END,
        CRASHED_INDEX_LOST,
        CRASHED_NOTHING_KNOWN
    }

    @Param({"16384"})
    public int batchBytes;

    @Param({"1073741824"})
    public long logBytes;

    @Param
    public Left left;

    private Path directory;
    private long end;
    private OpenLog opened;

    @Setup
    public void setUp() throws IOException {
        directory = Directories.fresh("open");
        try (OpenLog open = new OpenLog(directory, CONFIG, 0)) {
            BatchSource batches = BatchSource.of(batchBytes, 1000, 1_000);
            while (open.log().sizeInBytes() < logBytes) {
                batches.appendTo(open.log(), 64);
            }
            open.log().flush();
            end = open.log().logEndOffset();
        }
    }

    @Setup(Level.Invocation)
    public void leave() throws IOException {
        if (left != Left.CLOSED) {
            Files.deleteIfExists(directory.resolve("log").resolve("clean-shutdown"));
        }
        if (left == Left.CRASHED_INDEX_LOST) {
            Directories.delete(directory.resolve("index"));
        }
    }

    @Benchmark
    public long open() throws IOException {
        opened = new OpenLog(directory, CONFIG, left == Left.CRASHED_NOTHING_KNOWN ? 0 : end);
        return opened.log().logEndOffset();
    }

    @TearDown(Level.Invocation)
    public void close() throws IOException {
        opened.close();
    }

    @TearDown
    public void tearDown() throws IOException {
        Directories.delete(directory);
    }
}
