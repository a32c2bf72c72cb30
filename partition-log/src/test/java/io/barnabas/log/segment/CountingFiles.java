package io.barnabas.log.segment;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** The real file system, with a count of what is waited for. */
public final class CountingFiles extends ForwardingFiles {

    private final AtomicInteger fileSyncs = new AtomicInteger();
    private final AtomicInteger directorySyncs = new AtomicInteger();

    public CountingFiles() {
        super(SegmentFiles.direct());
    }

    @Override
    public FileChannel open(Path file) throws IOException {
        return new ForwardingChannel(super.open(file)) {
            @Override
            public void force(boolean metaData) throws IOException {
                fileSyncs.incrementAndGet();
                super.force(metaData);
            }
        };
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        directorySyncs.incrementAndGet();
        super.syncDirectory(directory);
    }

    public int fileSyncs() {
        return fileSyncs.get();
    }

    public int directorySyncs() {
        return directorySyncs.get();
    }
}
