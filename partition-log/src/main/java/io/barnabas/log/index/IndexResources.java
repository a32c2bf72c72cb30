package io.barnabas.log.index;

import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * The memory that all indexes of a node share, however many partitions and data directories it has: one cache of
 * blocks, which pays for the write buffers too. Close it after the indexes.
 */
public final class IndexResources implements AutoCloseable {

    static {
        RocksDB.loadLibrary();
    }

    private final LRUCache cache;
    private final WriteBufferManager buffers;
    private final long writeBufferBytes;

    public IndexResources(IndexConfig config) {
        this.cache = new LRUCache(config.cacheBytes());
        this.buffers = new WriteBufferManager(config.writeBufferBytes(), cache);
        this.writeBufferBytes = config.writeBufferBytes();
    }

    LRUCache cache() {
        return cache;
    }

    WriteBufferManager buffers() {
        return buffers;
    }

    /** The most that one family of one index gathers before it is written to a file. */
    long familyBufferBytes() {
        return Math.max(64 << 10, writeBufferBytes / 4);
    }

    /** Bytes in use by blocks and write buffers. */
    public long usedBytes() {
        return cache.getUsage();
    }

    @Override
    public void close() {
        buffers.close();
        cache.close();
    }
}
