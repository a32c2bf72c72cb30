package io.barnabas.log;

/** What became of an append. */
public sealed interface AppendOutcome {

    /**
     * Stored.
     *
     * @param baseOffset the offset of the batch's first record
     * @param logStartOffset the log start offset at the time
     */
    record Appended(long baseOffset, long logStartOffset) implements AppendOutcome {}

    /** The producer sent it before and it is stored already, at {@code baseOffset} (KIP-98). */
    record Duplicate(long baseOffset, long logStartOffset) implements AppendOutcome {}

    /** Not stored, or (with {@link AppendRefusal#NOT_LEADER} and {@link AppendRefusal#TIMED_OUT}) perhaps stored later. */
    record Refused(AppendRefusal reason, String message) implements AppendOutcome {}
}
