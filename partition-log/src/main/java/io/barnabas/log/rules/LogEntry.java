package io.barnabas.log.rules;

import java.nio.ByteBuffer;

/**
 * What a Raft entry of a partition holds beside the batch bytes: enough to know the offsets, the producer and the
 * epoch without touching the batch. Encoded with a version and a type in front; all numbers are big-endian.
 */
public sealed interface LogEntry {

    /** The layout written today. */
    byte VERSION = 1;

    /** The entry as bytes. */
    byte[] encode();

    /**
     * Reads an entry.
     *
     * @param encoded big-endian; all bytes from position to limit; neither moves
     * @throws IllegalArgumentException when the bytes are no entry that this version knows; says why
     */
    static LogEntry decode(ByteBuffer encoded) {
        if (encoded.remaining() < 2) {
            throw new IllegalArgumentException("a log entry of " + encoded.remaining() + " bytes has no type");
        }
        int start = encoded.position();
        byte version = encoded.get(start);
        if (version != VERSION) {
            throw new IllegalArgumentException(
                    "log entry version " + version + " is unknown, this one reads " + VERSION);
        }
        byte type = encoded.get(start + 1);
        return switch (type) {
            case Append.TYPE -> Append.decode(encoded, start);
            case Trim.TYPE -> Trim.decode(encoded, start);
            default -> throw new IllegalArgumentException("log entry type " + type + " is unknown");
        };
    }

    /**
     * One record batch.
     *
     * <pre>
     *   0 version (1)   1 type (1)   2 attributes (2)   4 size in bytes (4)   8 base offset (8)
     *  16 record count (4)   20 CRC (4)   24 base timestamp (8)   32 max timestamp (8)
     *  40 producer id (8)    48 base sequence (4)   52 producer epoch (2)
     * </pre>
     *
     * @param baseOffset offset of its first record
     * @param sizeInBytes the whole batch
     * @param recordCount its records, and the offsets that it takes
     * @param crc the batch's CRC-32C, by which its bytes on disk are known again
     * @param attributes the batch's attributes
     * @param baseTimestamp of its first record, in milliseconds
     * @param maxTimestamp largest of its records, in milliseconds
     * @param producerId of an idempotent producer, else -1
     * @param producerEpoch of the producer, else -1
     * @param baseSequence of its first record, else -1
     */
    record Append(
            long baseOffset,
            int sizeInBytes,
            int recordCount,
            int crc,
            short attributes,
            long baseTimestamp,
            long maxTimestamp,
            long producerId,
            short producerEpoch,
            int baseSequence)
            implements LogEntry {

        static final byte TYPE = 1;

        /** Bytes of an encoded append. */
        public static final int SIZE = 54;

        private static final int SIZE_IN_BYTES_AT = 4;

        private static final int BASE_OFFSET_AT = 8;

        public Append {
            if (baseOffset < 0 || sizeInBytes < BatchHeader.SIZE || recordCount <= 0) {
                throw new IllegalArgumentException("an append of " + recordCount + " records in " + sizeInBytes
                        + " bytes at offset " + baseOffset + " cannot be");
            }
        }

        /** The entry of a batch; its offset is the header's. */
        public static Append of(BatchHeader header) {
            return new Append(
                    header.baseOffset(),
                    header.sizeInBytes(),
                    header.recordCount(),
                    header.crc(),
                    header.attributes(),
                    header.baseTimestamp(),
                    header.maxTimestamp(),
                    header.producerId(),
                    header.producerEpoch(),
                    header.baseSequence());
        }

        /** The batch's header, as it stands in the segment file of a leader of {@code leaderEpoch}. */
        public BatchHeader header(int leaderEpoch) {
            return new BatchHeader(
                    baseOffset,
                    sizeInBytes,
                    leaderEpoch,
                    BatchHeader.MAGIC,
                    crc,
                    attributes,
                    recordCount - 1,
                    baseTimestamp,
                    maxTimestamp,
                    producerId,
                    producerEpoch,
                    baseSequence,
                    recordCount);
        }

        /** Offset after its last record. */
        public long nextOffset() {
            return baseOffset + recordCount;
        }

        /** Writes the offset into an encoded append, once it is known. */
        public static void patchBaseOffset(byte[] encoded, long baseOffset) {
            if (encoded.length != SIZE || encoded[0] != VERSION || encoded[1] != TYPE) {
                throw new IllegalArgumentException("these " + encoded.length + " bytes are no encoded append");
            }
            ByteBuffer.wrap(encoded).putLong(BASE_OFFSET_AT, baseOffset);
        }

        /** The size of the batch whose encoded append this is. */
        public static int sizeInBytes(ByteBuffer encoded) {
            return encoded.getInt(encoded.position() + SIZE_IN_BYTES_AT);
        }

        /** The base offset in an encoded append. */
        public static long baseOffset(ByteBuffer encoded) {
            return encoded.getLong(encoded.position() + BASE_OFFSET_AT);
        }

        @Override
        public byte[] encode() {
            return ByteBuffer.allocate(SIZE)
                    .put(VERSION)
                    .put(TYPE)
                    .putShort(attributes)
                    .putInt(sizeInBytes)
                    .putLong(baseOffset)
                    .putInt(recordCount)
                    .putInt(crc)
                    .putLong(baseTimestamp)
                    .putLong(maxTimestamp)
                    .putLong(producerId)
                    .putInt(baseSequence)
                    .putShort(producerEpoch)
                    .array();
        }

        private static Append decode(ByteBuffer buf, int start) {
            if (buf.remaining() != SIZE) {
                throw new IllegalArgumentException(
                        "an append entry has " + SIZE + " bytes, this one " + buf.remaining());
            }
            return new Append(
                    buf.getLong(start + BASE_OFFSET_AT),
                    buf.getInt(start + SIZE_IN_BYTES_AT),
                    buf.getInt(start + 16),
                    buf.getInt(start + 20),
                    buf.getShort(start + 2),
                    buf.getLong(start + 24),
                    buf.getLong(start + 32),
                    buf.getLong(start + 40),
                    buf.getShort(start + 52),
                    buf.getInt(start + 48));
        }
    }

    /**
     * The log begins at an offset from now on: retention or DeleteRecords (KIP-107) gave up what lies below.
     *
     * <pre>
     *   0 version (1)   1 type (1)   2 log start offset (8)
     * </pre>
     *
     * @param logStartOffset offset of the first record that may be read
     */
    record Trim(long logStartOffset) implements LogEntry {

        static final byte TYPE = 2;

        private static final int SIZE = 10;

        public Trim {
            if (logStartOffset < 0) {
                throw new IllegalArgumentException("no log begins at offset " + logStartOffset);
            }
        }

        @Override
        public byte[] encode() {
            return ByteBuffer.allocate(SIZE)
                    .put(VERSION)
                    .put(TYPE)
                    .putLong(logStartOffset)
                    .array();
        }

        private static Trim decode(ByteBuffer buf, int start) {
            if (buf.remaining() != SIZE) {
                throw new IllegalArgumentException("a trim entry has " + SIZE + " bytes, this one " + buf.remaining());
            }
            return new Trim(buf.getLong(start + 2));
        }
    }

    /** Writes the base offset into an encoded {@link Append}, in place. */
    static void patchBaseOffset(byte[] encoded, long baseOffset) {
        Append.patchBaseOffset(encoded, baseOffset);
    }
}
