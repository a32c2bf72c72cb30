package io.barnabas.metadata.rules;

/** What a command does to an image. */
public sealed interface Outcome {

    /** The next image, and what to tell the proposer. */
    record Changed(MetadataImage image, CommandReply reply) implements Outcome {}

    /** Nothing changed. */
    record Refused(Refusal reason, String message) implements Outcome {}
}
