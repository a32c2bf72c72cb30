package io.barnabas.log.rules;

import java.nio.ByteBuffer;

/**
 * The fixed head of a record batch of magic 2, as KIP-98 laid it out. All numbers are big-endian.
 *
 * <pre>
 *   0 base offset (8)      12 leader epoch (4)   16 magic (1)   17 CRC-32C of all from 21 on (4)
 *   8 length after 12 (4)  21 attributes (2)     23 last offset delta (4)
 *  27 base timestamp (8)   35 max timestamp (8)  43 producer id (8)  51 producer epoch (2)
 *  53 base sequence (4)    57 record count (4)   61 records
 * </pre>
 *
 * @param baseOffset offset of the first record
 * @param sizeInBytes the whole batch, the 12 bytes before the length included; negative or small when the bytes lie
 * @param partitionLeaderEpoch Raft term of the leader that took the batch
 * @param magic format version, 2 when it is one of ours
 * @param crc CRC-32C as stored
 * @param attributes codec, timestamp type, transactional, control and delete horizon bits
 * @param lastOffsetDelta offset of the last record, relative to the base offset
 * @param baseTimestamp timestamp of the first record in milliseconds, -1 when it has none
 * @param maxTimestamp largest timestamp of the records in milliseconds, -1 when they have none
 * @param producerId id of an idempotent producer, else -1
 * @param producerEpoch its epoch, else -1
 * @param baseSequence sequence of the first record, else -1
 * @param recordCount number of records
 */
public record BatchHeader(
        long baseOffset,
        int sizeInBytes,
        int partitionLeaderEpoch,
        byte magic,
        int crc,
        short attributes,
        int lastOffsetDelta,
        long baseTimestamp,
        long maxTimestamp,
        long producerId,
        short producerEpoch,
        int baseSequence,
        int recordCount) {

    /** Bytes of a header. */
    public static final int SIZE = 61;

    /** The one format that is stored. */
    public static final byte MAGIC = 2;

    /** Bytes before the part that the length field counts: base offset and the length itself. */
    public static final int LENGTH_OVERHEAD = 12;

    /** Bytes that the server fills in: base offset, length, leader epoch. None of them is under the CRC. */
    public static final int PREFIX = 16;

    static final int LENGTH_AT = 8;
    static final int EPOCH_AT = 12;
    static final int MAGIC_AT = 16;
    static final int CRC_AT = 17;
    /** Where the part under the CRC begins. */
    public static final int ATTRIBUTES_AT = 21;

    private static final int MAX_TIMESTAMP_AT = 35;

    private static final int CODEC_MASK = 0x07;
    private static final int LOG_APPEND_TIME_BIT = 0x08;
    private static final int TRANSACTIONAL_BIT = 0x10;
    private static final int CONTROL_BIT = 0x20;
    private static final int DELETE_HORIZON_BIT = 0x40;

    /**
     * Reads a header. Nothing is checked: the fields are what the bytes say.
     *
     * @param buf a big-endian buffer; its position and limit do not move
     * @param position where the batch begins in the buffer
     * @throws IndexOutOfBoundsException when fewer than {@link #SIZE} bytes follow
     */
    public static BatchHeader parse(ByteBuffer buf, int position) {
        return new BatchHeader(
                buf.getLong(position),
                buf.getInt(position + LENGTH_AT) + LENGTH_OVERHEAD,
                buf.getInt(position + EPOCH_AT),
                buf.get(position + MAGIC_AT),
                buf.getInt(position + CRC_AT),
                buf.getShort(position + ATTRIBUTES_AT),
                buf.getInt(position + 23),
                buf.getLong(position + 27),
                buf.getLong(position + MAX_TIMESTAMP_AT),
                buf.getLong(position + 43),
                buf.getShort(position + 51),
                buf.getInt(position + 53),
                buf.getInt(position + 57));
    }

    /** Writes the base offset of the batch that begins at {@code position}. */
    public static void writeBaseOffset(ByteBuffer buf, int position, long baseOffset) {
        buf.putLong(position, baseOffset);
    }

    /** Writes the partition leader epoch of the batch that begins at {@code position}. */
    public static void writePartitionLeaderEpoch(ByteBuffer buf, int position, int epoch) {
        buf.putInt(position + EPOCH_AT, epoch);
    }

    /** Writes the size of the whole batch that begins at {@code position}. */
    static void writeSize(ByteBuffer buf, int position, int sizeInBytes) {
        buf.putInt(position + LENGTH_AT, sizeInBytes - LENGTH_OVERHEAD);
    }

    /** Writes the codec's number; the CRC does not fit after that. */
    static void writeCodec(ByteBuffer buf, int position, int compressionId) {
        int attributes = buf.getShort(position + ATTRIBUTES_AT) & ~CODEC_MASK;
        buf.putShort(position + ATTRIBUTES_AT, (short) (attributes | compressionId));
    }

    /** Writes whose time the records have and the largest timestamp; the CRC does not fit after that. */
    static void writeTimes(ByteBuffer buf, int position, boolean logAppendTime, long maxTimestamp) {
        int attributes = buf.getShort(position + ATTRIBUTES_AT) & ~LOG_APPEND_TIME_BIT;
        buf.putShort(position + ATTRIBUTES_AT, (short) (attributes | (logAppendTime ? LOG_APPEND_TIME_BIT : 0)));
        buf.putLong(position + MAX_TIMESTAMP_AT, maxTimestamp);
    }

    /** Writes the CRC of the batch that begins at {@code position}. */
    static void writeCrc(ByteBuffer buf, int position, int crc) {
        buf.putInt(position + CRC_AT, crc);
    }

    /** Writes the first {@link #PREFIX} bytes of this batch at {@code position}: what a server adds to a client's bytes. */
    public void writePrefix(ByteBuffer buf, int position) {
        buf.putLong(position, baseOffset);
        buf.putInt(position + LENGTH_AT, sizeInBytes - LENGTH_OVERHEAD);
        buf.putInt(position + EPOCH_AT, partitionLeaderEpoch);
    }

    /** This header with the offset and the epoch that the log gives it. */
    public BatchHeader placedAt(long newBaseOffset, int newLeaderEpoch) {
        return new BatchHeader(
                newBaseOffset,
                sizeInBytes,
                newLeaderEpoch,
                magic,
                crc,
                attributes,
                lastOffsetDelta,
                baseTimestamp,
                maxTimestamp,
                producerId,
                producerEpoch,
                baseSequence,
                recordCount);
    }

    /** Offset of the last record. */
    public long lastOffset() {
        return baseOffset + lastOffsetDelta;
    }

    /** Offset of the batch that follows. */
    public long nextOffset() {
        return lastOffset() + 1;
    }

    /** Whether an idempotent producer wrote it. */
    public boolean isIdempotent() {
        return producerId >= 0;
    }

    /** Whether it belongs to a transaction. */
    public boolean isTransactional() {
        return (attributes & TRANSACTIONAL_BIT) != 0;
    }

    /** Whether it holds a marker of the server instead of records. */
    public boolean isControl() {
        return (attributes & CONTROL_BIT) != 0;
    }

    /** Whether its records are compressed. */
    public boolean isCompressed() {
        return compressionId() != 0;
    }

    /** Number of the codec: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd; 5 to 7 are free. */
    public int compressionId() {
        return attributes & CODEC_MASK;
    }

    /** Whether its timestamps are those of a server. */
    public boolean hasLogAppendTime() {
        return (attributes & LOG_APPEND_TIME_BIT) != 0;
    }

    /** Whether compaction has put a delete horizon where the base timestamp was (KIP-534). */
    public boolean hasDeleteHorizon() {
        return (attributes & DELETE_HORIZON_BIT) != 0;
    }

    /**
     * Whether {@link #maxTimestamp} is to be believed. Some clients leave the largest timestamp unset while their records
     * have one. What compaction wrote tells it, but has something else where the base timestamp was.
     */
    public boolean tellsMaxTimestamp() {
        return hasDeleteHorizon() || maxTimestamp >= baseTimestamp;
    }

    /** Sequence of the last record; after {@link Integer#MAX_VALUE} comes 0. */
    public int lastSequence() {
        return baseSequence < 0 ? baseSequence : (baseSequence + lastOffsetDelta) & Integer.MAX_VALUE;
    }
}
