package io.barnabas.metadata.rules;

/** The answer to a proposed command, as its proposer sees it. */
public sealed interface CommandResult {

    /**
     * The command is committed and applied.
     *
     * @param index its Raft index; the image at this index or later shows its effect
     */
    record Accepted(CommandReply reply, long index) implements CommandResult {}

    /** The command changed nothing. */
    record Refused(Refusal reason, String message) implements CommandResult {}
}
