package io.barnabas.log.index;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/**
 * The bytes of keys and values. All numbers are big-endian, so that RocksDB's order of bytes is the order of numbers.
 *
 * <pre>
 *   offsets     partition (16) offset (8)                  to  segment (8) position (8) max timestamp (8) its offset (8)
 *   timestamps  partition (16) segment (8) timestamp (8)   to  offset (8) position (8) offset of the max timestamp (8)
 *   segments    partition (16) segment (8)                 to  size (8) next offset (8) max timestamp (8) its offset (8)
 * </pre>
 *
 * Timestamps stand with their sign bit turned, so that negative ones come first.
 */
final class IndexKeys {

    /** All keys of a partition begin with so many bytes. */
    static final int PARTITION = 16;

    /** All keys of a segment's timestamps begin with so many bytes. */
    static final int PARTITION_AND_SEGMENT = PARTITION + 8;

    private static final int OFFSET_KEY = PARTITION + 8;
    private static final int TIME_KEY = PARTITION + 16;
    private static final int OFFSET_VALUE = 32;
    private static final int TIME_VALUE = 24;
    private static final int MARK_VALUE = 32;

    private IndexKeys() {}

    static byte[] offsetKey(UUID partition, long offset) {
        return start(OFFSET_KEY, partition).putLong(offset).array();
    }

    static byte[] offsetValue(IndexEntry entry) {
        return ByteBuffer.allocate(OFFSET_VALUE)
                .putLong(entry.segmentBase())
                .putLong(entry.position())
                .putLong(entry.maxTimestamp())
                .putLong(entry.maxTimestampOffset())
                .array();
    }

    static byte[] timeKey(UUID partition, long segmentBase, long timestampMs) {
        return start(TIME_KEY, partition)
                .putLong(segmentBase)
                .putLong(timestampMs ^ Long.MIN_VALUE)
                .array();
    }

    static byte[] timeValue(IndexEntry entry) {
        return ByteBuffer.allocate(TIME_VALUE)
                .putLong(entry.offset())
                .putLong(entry.position())
                .putLong(entry.maxTimestampOffset())
                .array();
    }

    static byte[] markKey(UUID partition, long segmentBase) {
        return offsetKey(partition, segmentBase);
    }

    static byte[] markValue(SegmentMark mark) {
        return ByteBuffer.allocate(MARK_VALUE)
                .putLong(mark.size())
                .putLong(mark.nextOffset())
                .putLong(mark.maxTimestamp())
                .putLong(mark.maxTimestampOffset())
                .array();
    }

    static Optional<SegmentMark> mark(long segmentBase, byte[] value) {
        if (value == null || value.length != MARK_VALUE) {
            return Optional.empty();
        }
        ByteBuffer v = ByteBuffer.wrap(value);
        return Optional.of(new SegmentMark(segmentBase, v.getLong(), v.getLong(), v.getLong(), v.getLong()));
    }

    /** The segment of a mark's key, unless it is another partition's. */
    static Optional<Long> markedSegment(UUID partition, byte[] key) {
        return key.length == OFFSET_KEY && isOf(partition, key)
                ? Optional.of(ByteBuffer.wrap(key).getLong(PARTITION))
                : Optional.empty();
    }

    /** The key after all of a partition's. */
    static byte[] after(UUID partition) {
        byte[] key = new byte[TIME_KEY + 1];
        Arrays.fill(key, (byte) 0xFF);
        ByteBuffer.wrap(key).putLong(partition.getMostSignificantBits()).putLong(partition.getLeastSignificantBits());
        return key;
    }

    /** The entry of the offsets family, unless it is another partition's. */
    static Optional<IndexEntry> offsetEntry(UUID partition, byte[] key, byte[] value) {
        if (key.length != OFFSET_KEY || value.length != OFFSET_VALUE || !isOf(partition, key)) {
            return Optional.empty();
        }
        ByteBuffer v = ByteBuffer.wrap(value);
        return Optional.of(new IndexEntry(
                ByteBuffer.wrap(key).getLong(PARTITION), v.getLong(), v.getLong(), v.getLong(), v.getLong()));
    }

    /** The entry of the timestamps family, unless it is another partition's. */
    static Optional<IndexEntry> timeEntry(UUID partition, byte[] key, byte[] value) {
        if (key.length != TIME_KEY || value.length != TIME_VALUE || !isOf(partition, key)) {
            return Optional.empty();
        }
        ByteBuffer k = ByteBuffer.wrap(key).position(PARTITION);
        long segmentBase = k.getLong();
        long timestamp = k.getLong() ^ Long.MIN_VALUE;
        ByteBuffer v = ByteBuffer.wrap(value);
        return Optional.of(new IndexEntry(v.getLong(), segmentBase, v.getLong(), timestamp, v.getLong()));
    }

    private static boolean isOf(UUID partition, byte[] key) {
        ByteBuffer k = ByteBuffer.wrap(key);
        return k.getLong() == partition.getMostSignificantBits() && k.getLong() == partition.getLeastSignificantBits();
    }

    private static ByteBuffer start(int size, UUID partition) {
        return ByteBuffer.allocate(size)
                .putLong(partition.getMostSignificantBits())
                .putLong(partition.getLeastSignificantBits());
    }
}
