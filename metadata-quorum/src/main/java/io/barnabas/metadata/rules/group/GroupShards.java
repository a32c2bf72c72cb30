package io.barnabas.metadata.rules.group;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** Which of the fixed number of shards a group belongs to; a shard has one coordinator at a time. */
public final class GroupShards {

    /** Enough to spread over any sensible number of nodes; part of what is on disk, so it never changes. */
    public static final int COUNT = 64;

    private GroupShards() {}

    /** The shard of a group, 0 to {@link #COUNT} - 1, the same on every node and in every release. */
    public static int of(String group) {
        CRC32C hash = new CRC32C();
        hash.update(group.getBytes(StandardCharsets.UTF_8));
        return (int) (hash.getValue() % COUNT);
    }
}
