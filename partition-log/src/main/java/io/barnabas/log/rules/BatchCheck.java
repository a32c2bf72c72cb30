package io.barnabas.log.rules;

/** Whether bytes of a client may be stored as a batch. */
public sealed interface BatchCheck {

    /** They may. */
    record Valid(BatchHeader header) implements BatchCheck {}

    /** They may not; the message says what is wrong with them. */
    record Invalid(Reason reason, String message) implements BatchCheck {}

    /** What is wrong. */
    enum Reason {
        /** Cut off, or the CRC does not fit. */
        CORRUPT,
        /** Not magic 2. */
        UNSUPPORTED_MAGIC,
        /** Whole, but not what a client may send. */
        INVALID,
        /** More bytes than the topic takes. */
        TOO_LARGE,
        /** Part of a transaction, which are not served. */
        TRANSACTIONAL
    }
}
