package io.barnabas.log.index;

/**
 * What the indexes of a node may take.
 *
 * @param cacheBytes memory of all of them, {@code log.index.cache.bytes}
 * @param writeBufferBytes the part of it for entries that are not in a file yet, {@code log.index.write.buffer.bytes}
 * @param rebuildBytesPerSecond how fast segments are read to restore entries that are missing,
 *     {@code log.index.rebuild.bytes.per.second}
 */
public record IndexConfig(long cacheBytes, long writeBufferBytes, long rebuildBytesPerSecond) {

    public static final IndexConfig DEFAULT = new IndexConfig(32L << 20, 8L << 20, 64L << 20);

    public IndexConfig {
        if (writeBufferBytes <= 0 || cacheBytes < writeBufferBytes) {
            throw new IllegalArgumentException("an index cache of " + cacheBytes
                    + " bytes cannot hold write buffers of " + writeBufferBytes + " bytes");
        }
        if (rebuildBytesPerSecond <= 0) {
            throw new IllegalArgumentException("an index cannot be restored at " + rebuildBytesPerSecond + " bytes/s");
        }
    }
}
