package io.barnabas.log.rules;

/** How a batch of an idempotent producer stands to those known of it (KIP-98). */
public sealed interface SequenceCheck {

    /** The next one: store it. */
    record Next() implements SequenceCheck {}

    /** Stored before, at these offsets: answer with them and store nothing. */
    record Duplicate(long baseOffset, long lastOffset) implements SequenceCheck {}

    /** Sequences are missing before it, or it is older than all that are remembered. */
    record OutOfOrder(String message) implements SequenceCheck {}

    /** A newer epoch of the producer is known. */
    record Fenced(String message) implements SequenceCheck {}
}
