package io.barnabas.log;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The newest batches written by this node's leaders, so that followers that keep up are served from memory. One for
 * all partitions and bounded in bytes: Ratis' own entry cache is per group and would count every batch in full.
 *
 * <p>A batch is found by its Raft entry's term and index, never by its offset: after a lost leadership another term's
 * batch may stand at the same offset.
 */
final class RecentBatches {

    private final long maxBytes;
    private final Map<Key, ByteBuffer> batches = new LinkedHashMap<>();
    private long bytes;

    RecentBatches(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    synchronized void put(UUID groupId, long term, long index, ByteBuffer batch) {
        ByteBuffer previous = batches.put(new Key(groupId, term, index), batch);
        bytes += batch.remaining() - (previous == null ? 0 : previous.remaining());
        Iterator<ByteBuffer> eldest = batches.values().iterator();
        while (bytes > maxBytes && eldest.hasNext()) {
            bytes -= eldest.next().remaining();
            eldest.remove();
        }
    }

    /** The batch, or null when it is no longer here. */
    synchronized ByteBuffer get(UUID groupId, long term, long index) {
        return batches.get(new Key(groupId, term, index));
    }

    private record Key(UUID groupId, long term, long index) {}
}
