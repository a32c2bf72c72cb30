package io.barnabas.log;

/** Why an append was refused. */
public enum AppendRefusal {
    /** This replica does not lead, or lost the leadership before the batch was committed. */
    NOT_LEADER,
    /** The CRC does not match, or the bytes are no batch. */
    CORRUPT_BATCH,
    /** Not magic 2. */
    UNSUPPORTED_MAGIC,
    /** A batch that a client may not send: offsets that do not fit, a control batch, no records. */
    INVALID_BATCH,
    /** Timestamps too far from the leader's clock, as the topic's settings say. */
    INVALID_TIMESTAMP,
    /** Larger than {@code max.message.bytes}. */
    TOO_LARGE,
    /** A sequence was skipped. */
    OUT_OF_ORDER_SEQUENCE,
    /** The producer's epoch is older than the one known. */
    INVALID_PRODUCER_EPOCH,
    /** Transactional batches are not served yet. */
    TRANSACTIONS_UNSUPPORTED,
    /** Fewer replicas can be reached than {@code min.insync.replicas} asks for; not stored. */
    NOT_ENOUGH_REPLICAS,
    /** Stored, but not by as many replicas as {@code min.insync.replicas} asks for. */
    NOT_ENOUGH_REPLICAS_AFTER_APPEND,
    /** No majority answered in time. */
    TIMED_OUT,
    /** The disk failed. */
    STORAGE_FAILED,
    /** The replica is closed or being removed. */
    CLOSED,
    /** The replica has too much in flight; try again. */
    OVERLOADED
}
