package io.barnabas.log.rules;

import java.nio.ByteBuffer;
import java.util.List;

/** Whether bytes of a client may be stored as a batch. */
public sealed interface BatchCheck {

    /** What {@link Valid#logAppendTimeMs} says when the records keep the producer's timestamps. */
    long NO_TIME = -1;

    /**
     * They may.
     *
     * @param header the header of {@code bytes}
     * @param bytes what to store: the client's own bytes, or what the topic's settings make of them
     * @param logAppendTimeMs the timestamp that every record was given, or {@link #NO_TIME}
     */
    record Valid(BatchHeader header, ByteBuffer bytes, long logAppendTimeMs) implements BatchCheck {}

    /**
     * They may not.
     *
     * @param message what is wrong with them
     * @param records the records at fault, when single ones are (KIP-467)
     */
    record Invalid(Reason reason, String message, List<RecordFault> records) implements BatchCheck {

        /** The batch as a whole is at fault. */
        public Invalid(Reason reason, String message) {
            this(reason, message, List.of());
        }
    }

    /**
     * One record at fault.
     *
     * @param index which of the batch, from 0
     * @param message what is wrong with it
     */
    record RecordFault(int index, String message) {}

    /** What is wrong. */
    enum Reason {
        /** Cut off, or the CRC does not fit. */
        CORRUPT,
        /** Not magic 2. */
        UNSUPPORTED_MAGIC,
        /** Whole, but not what a client may send. */
        INVALID,
        /** Timestamps too far from the leader's clock. */
        INVALID_TIMESTAMP,
        /** More bytes than the topic takes. */
        TOO_LARGE,
        /** Part of a transaction, which are not served. */
        TRANSACTIONAL
    }
}
