package io.barnabas.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Where a replica that is too far behind for Raft gets the log of its leader, in bulk. Calls may block. */
@FunctionalInterface
public interface CatchUpSource {

    /**
     * Begins a copy of a partition.
     *
     * @param leader node id of its leader
     * @param groupId the partition's Raft group
     */
    Session open(int leader, UUID groupId) throws IOException;

    /** One copy under way. */
    interface Session extends Closeable {

        /** The leader's state now, as {@link PartitionReplica#appliedState} gives it. */
        byte[] appliedState() throws IOException;

        /**
         * Whole batches from the one that holds {@code offset}, or the next one where offsets are missing.
         *
         * @param maxBytes about how much; at least one batch comes
         * @return between position and limit; empty when the log ends before. A batch may be cut off at the end
         */
        ByteBuffer read(long offset, int maxBytes) throws IOException;
    }
}
