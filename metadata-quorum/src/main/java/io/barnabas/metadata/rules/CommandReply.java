package io.barnabas.metadata.rules;

import java.util.List;

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

    /** The records are written, but for those of {@code refusedShards}, whose epoch was stale. */
    record GroupRecordsAppended(List<Integer> refusedShards) implements CommandReply {}
}
