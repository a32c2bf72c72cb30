package io.barnabas.log;

import io.barnabas.log.rules.BatchCheck;
import java.util.List;

/** What became of an append. */
public sealed interface AppendOutcome {

    /**
     * Stored.
     *
     * @param baseOffset the offset of the batch's first record
     * @param logStartOffset the log start offset at the time
     * @param logAppendTimeMs the leader's time that every record was given, or -1 when they keep the producer's
     */
    record Appended(long baseOffset, long logStartOffset, long logAppendTimeMs) implements AppendOutcome {

        /** The records keep the producer's timestamps. */
        public Appended(long baseOffset, long logStartOffset) {
            this(baseOffset, logStartOffset, BatchCheck.NO_TIME);
        }
    }

    /** The producer sent it before and it is stored already, at {@code baseOffset} (KIP-98). */
    record Duplicate(long baseOffset, long logStartOffset) implements AppendOutcome {}

    /**
     * Not stored, or (with {@link AppendRefusal#NOT_LEADER} and {@link AppendRefusal#TIMED_OUT}) perhaps stored later.
     *
     * @param records the records at fault, when single ones are
     */
    record Refused(AppendRefusal reason, String message, List<BatchCheck.RecordFault> records)
            implements AppendOutcome {

        /** No single record is at fault. */
        public Refused(AppendRefusal reason, String message) {
            this(reason, message, List.of());
        }
    }
}
