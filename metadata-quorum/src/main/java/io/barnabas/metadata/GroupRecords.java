package io.barnabas.metadata;

import io.barnabas.metadata.rules.group.CommittedOffsets;
import io.barnabas.metadata.rules.group.GroupRecord;
import java.util.function.Consumer;

/**
 * The committed group records of all shards, as far as this node has applied them. Reads go to the disk of this node;
 * they fail with {@link java.io.UncheckedIOException} when it cannot be read, or the quorum is closed.
 */
public interface GroupRecords extends CommittedOffsets {

    /** Reads everything of a shard but its committed offsets. */
    void scan(int shard, Consumer<GroupRecord.Membership> reader);
}
