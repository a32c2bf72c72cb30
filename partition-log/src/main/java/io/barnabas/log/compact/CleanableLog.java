package io.barnabas.log.compact;

import io.barnabas.log.LogConfig;
import io.barnabas.log.segment.SegmentLog;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** A log as the cleaner sees it. */
public interface CleanableLog {

    /** What messages call it. */
    String name();

    /** Its segments. */
    SegmentLog segments();

    /** Its settings of this moment. */
    LogConfig config();

    /** Batches below this offset are never truncated, and nobody needs them as they are. */
    long finalTo();

    /** Batches below this offset are committed; {@link #finalTo} rises to here with the next snapshot. */
    default long committedTo() {
        return finalTo();
    }

    /** Asks for a snapshot, which lets {@link #finalTo} rise; returns at once. */
    default void requestSnapshot() {}

    /** The last offset of each idempotent producer that is remembered: its batch stays, if only its header. */
    Map<Long, Long> lastOffsets();

    /**
     * Changes the log's files while nobody else does.
     *
     * @return what the change gives; empty when the log is closed
     * @throws IOException what the change throws
     */
    <T> Optional<T> exclusively(Change<T> change) throws IOException;

    /** A change of a log's files. */
    interface Change<T> {
        T run() throws IOException;
    }

    /** The log can no longer be trusted: it is damaged, or its files could not be replaced. */
    void failed(String reason, Throwable cause);
}
