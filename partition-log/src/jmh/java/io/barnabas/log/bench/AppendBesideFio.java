package io.barnabas.log.bench;

import io.barnabas.log.segment.SegmentLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The log's appends beside the raw disk's sequential writes, in turns: the same bytes for each fsync. Arguments: seconds for each, rounds. Needs {@code fio}.
 */
public final class AppendBesideFio {

    private static final long MAX_LOG_BYTES = 2L << 30;

    private AppendBesideFio() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int seconds = Integer.parseInt(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        for (int groupBytes : new int[] {1 << 16, 1 << 20, 1 << 22}) {
            for (int round = 0; round < rounds; round++) {
                double disk = fio(groupBytes, seconds);
                for (int batchBytes : new int[] {1 << 10, 1 << 16, 1 << 20}) {
                    if (batchBytes <= groupBytes) {
                        double log = append(batchBytes, groupBytes, seconds);
                        System.out.printf(
                                Locale.ROOT,
                                "%,d bytes per fsync, batches of %,d: log %.1f MB/s, fio %.1f MB/s, ratio %.2f%n",
                                groupBytes,
                                batchBytes,
                                log,
                                disk,
                                log / disk);
                    }
                }
            }
        }
    }

    private static double append(int batchBytes, int groupBytes, int seconds) throws IOException {
        OpenLog open = new OpenLog(Directories.fresh("append"), OpenLog.CONFIG, 0);
        try {
            SegmentLog log = open.log();
            BatchSource batches = BatchSource.of(batchBytes, 1000, 1_000);
            int group = groupBytes / batchBytes;
            long written = 0;
            long begun = System.nanoTime();
            long end = begun + seconds * 1_000_000_000L;
            while (System.nanoTime() < end) {
                batches.appendTo(log, group);
                log.flush();
                written += (long) group * batches.sizeInBytes();
                if (log.sizeInBytes() > MAX_LOG_BYTES) {
                    log.restartAt(log.logEndOffset());
                }
            }
            return written * 1e3 / (System.nanoTime() - begun);
        } finally {
            open.delete();
        }
    }

    /** MB/s of sequential writes to a file that grows, with a fdatasync after each, as the log does it. */
    private static double fio(int blockBytes, int seconds) throws IOException, InterruptedException {
        Path directory = Directories.fresh("fio");
        try {
            Process process = new ProcessBuilder(List.of(
                            "fio",
                            "--name=append",
                            "--directory=" + directory,
                            "--rw=write",
                            "--ioengine=sync",
                            "--fallocate=none",
                            "--bs=" + blockBytes,
                            "--fdatasync=1",
                            "--size=2g",
                            "--runtime=" + seconds,
                            "--output-format=terse",
                            "--terse-version=3"))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String terse = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("fio failed: " + terse);
            }
            // The 48th field of the terse format is the write bandwidth in KiB/s.
            return Long.parseLong(terse.strip().split(";", -1)[47]) * 1024 / 1e6;
        } finally {
            Directories.delete(directory);
        }
    }
}
