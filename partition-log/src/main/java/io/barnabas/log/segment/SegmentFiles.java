package io.barnabas.log.segment;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/**
 * The file system under a log: the real one, or in tests one that fails. Bytes flow through the {@link FileChannel}s
 * that it opens.
 */
public interface SegmentFiles {

    /** The file system of this machine. */
    static SegmentFiles direct() {
        return DirectSegmentFiles.INSTANCE;
    }

    /** Makes a directory and its parents unless it is there. */
    void createDirectory(Path directory) throws IOException;

    /** All files of a directory, in no order. */
    List<Path> list(Path directory) throws IOException;

    /** Opens a file for reading and writing; makes it when it is missing. */
    FileChannel open(Path file) throws IOException;

    /** When a file was made, in milliseconds since 1970, as well as the file system knows. */
    long createdMs(Path file) throws IOException;

    /** Gives a file another name in its directory, in one step; a file of that name is replaced. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a file if it is there. */
    void delete(Path file) throws IOException;

    /** Makes the names in a directory durable. */
    void syncDirectory(Path directory) throws IOException;
}
