package io.barnabas.log;

import java.nio.channels.FileChannel;

/**
 * A run of whole batches in one segment file, to be sent by sendfile. Holding a slice keeps the file readable even
 * when the segment is trimmed or the topic deleted meanwhile.
 */
public interface LogSlice {

    /** The segment file, shared: read by position only and never close it. */
    FileChannel channel();

    /** Where the slice begins in the file. */
    long position();

    /** Its length in bytes; 0 when there is nothing to read. */
    int sizeInBytes();

    /** Gives the slice back; call exactly once. */
    void release();
}
