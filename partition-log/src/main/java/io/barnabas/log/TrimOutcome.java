package io.barnabas.log;

/** What became of a wish to give up the beginning of a log. */
public sealed interface TrimOutcome {

    /**
     * Every replica begins there, or will when it has caught up.
     *
     * @param logStartOffset where the log begins now; above what was asked when it began there already
     */
    record Trimmed(long logStartOffset) implements TrimOutcome {}

    /** The offset lies above the high watermark, which is told. */
    record OutOfRange(long highWatermark) implements TrimOutcome {}

    /** Not done, or (with {@link AppendRefusal#NOT_LEADER} and {@link AppendRefusal#TIMED_OUT}) perhaps done later. */
    record Refused(AppendRefusal reason, String message) implements TrimOutcome {}
}
