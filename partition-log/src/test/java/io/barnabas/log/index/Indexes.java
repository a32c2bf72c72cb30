package io.barnabas.log.index;

import java.io.IOException;
import java.nio.file.Path;

/** Indexes for tests, which all share one cache, as those of a node do. */
public final class Indexes {

    private static final IndexResources SHARED = new IndexResources(IndexConfig.DEFAULT);

    private Indexes() {}

    public static LogIndex open(Path directory) throws IOException {
        return LogIndex.open(directory, SHARED);
    }
}
