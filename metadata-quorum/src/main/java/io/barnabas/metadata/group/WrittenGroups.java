package io.barnabas.metadata.group;

import io.barnabas.metadata.rules.group.CommittedOffsets;
import io.barnabas.metadata.rules.group.GroupRecord;
import java.util.function.Consumer;

/** The records of all groups that this node has applied; safe for use by several threads. */
public interface WrittenGroups extends CommittedOffsets {

    /** Reads what a coordinator of the shard must know; the offsets stay where they are. */
    void readMembership(int shard, Consumer<GroupRecord.Membership> reader);
}
