package io.barnabas.metadata.rules;

/** What an accepted command tells its proposer. */
public sealed interface CommandReply {

    /** Done, nothing to tell. */
    record Done() implements CommandReply {}

    /** The epoch of a registration. */
    record NodeEpoch(long epoch) implements CommandReply {}

    /** The topic as created, placement included. */
    record TopicCreated(TopicInfo topic) implements CommandReply {}

    /** Producer ids {@code first} to {@code first + count - 1}. */
    record ProducerIds(long first, int count) implements CommandReply {}
}
