package io.barnabas.log;

/** What a read found. */
public sealed interface ReadOutcome {

    /**
     * Whole batches, possibly none.
     *
     * @param records the bytes; the receiver must {@link LogSlice#release()} them
     * @param offsets the log's bounds at the time of the read
     */
    record Records(LogSlice records, PartitionReplica.Offsets offsets) implements ReadOutcome {}

    /** The offset is below the log start offset or above the high watermark. */
    record OutOfRange(PartitionReplica.Offsets offsets) implements ReadOutcome {}

    /** The replica cannot be read: its disk failed or it is closed. */
    record Unavailable(String message) implements ReadOutcome {}
}
