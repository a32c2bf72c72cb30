package io.barnabas.log.bench;

import io.barnabas.log.index.IndexConfig;
import io.barnabas.log.index.IndexResources;
import io.barnabas.log.index.LogIndex;
import io.barnabas.log.segment.SegmentLog;
import io.barnabas.log.segment.SegmentLogConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/** A log with the settings and the index of a node. */
final class OpenLog implements AutoCloseable {

    static final SegmentLogConfig CONFIG = new SegmentLogConfig(1 << 30, 604_800_000L, 4096);
    private static final UUID PARTITION = new UUID(1, 2);

    private final Path directory;
    private final IndexResources resources = new IndexResources(IndexConfig.DEFAULT);
    private final LogIndex index;
    private final SegmentLog log;

    OpenLog(Path directory, SegmentLogConfig config, long recoveryOffset) throws IOException {
        this.directory = directory;
        this.index = LogIndex.open(directory.resolve("index"), resources);
        this.log =
                SegmentLog.open(directory.resolve("log"), config, index.partition(PARTITION), recoveryOffset);
    }

    SegmentLog log() {
        return log;
    }

    LogIndex index() {
        return index;
    }

    @Override
    public void close() throws IOException {
        log.close();
        index.close();
        resources.close();
    }

    /** Closes it and removes its files. */
    void delete() throws IOException {
        close();
        Directories.delete(directory);
    }
}
