package io.barnabas.metadata.rules.group;

import java.util.List;
import java.util.Optional;

/** The committed offsets of all groups, as of the records committed so far. */
public interface CommittedOffsets {

    /** All offsets of a group, by topic and partition. */
    List<GroupRecord.CommittedOffset> offsets(String group);

    /** One offset. */
    Optional<GroupRecord.CommittedOffset> offset(String group, String topic, int partition);
}
