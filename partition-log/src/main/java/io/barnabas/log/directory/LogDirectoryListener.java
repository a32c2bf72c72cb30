package io.barnabas.log.directory;

import java.nio.file.Path;

/** Hears of failing disks. Called on a thread that may block. */
@FunctionalInterface
public interface LogDirectoryListener {

    /**
     * A directory can no longer be used.
     *
     * @param directory the log directory, or the one that holds the record of places
     * @param reason what happened
     * @param remaining how many log directories are still well
     */
    void failed(Path directory, String reason, int remaining);
}
