package io.barnabas.log.rules;

import java.nio.ByteBuffer;

/**
 * Looks at the outside of snappy data. The library that unpacks it allocates what the data says it will need, block by
 * block, so that a lie there costs memory before it is found out.
 */
final class SnappyFrames {

    /** The head that snappy-java puts before its blocks: a name of eight bytes and two version numbers. */
    private static final long MAGIC = 0x82534E4150505900L;

    private static final int HEAD = 16;
    private static final int LONGEST_VARINT = 5;

    private SnappyFrames() {}

    /**
     * Whether the blocks lie one behind the other and say that they unpack to {@code limit} bytes at most in all.
     *
     * @param packed from position to limit, blocks of snappy-java or one bare block; neither moves
     */
    static boolean fit(ByteBuffer packed, int limit) {
        int at = packed.position();
        int end = packed.limit();
        if (end - at < HEAD || packed.getLong(at) != MAGIC) {
            return unpackedSize(packed, at, end) <= limit;
        }
        long sum = 0;
        for (at += HEAD; at < end; ) {
            int size = end - at < Integer.BYTES ? -1 : packed.getInt(at);
            at += Integer.BYTES;
            if (size < 0 || size > end - at) {
                return false;
            }
            sum += unpackedSize(packed, at, at + size);
            if (sum > limit) {
                return false;
            }
            at += size;
        }
        return true;
    }

    /** What a block says it unpacks to: a little-endian varint at its beginning. */
    private static long unpackedSize(ByteBuffer packed, int from, int end) {
        long size = 0;
        for (int i = 0; i < LONGEST_VARINT && from + i < end; i++) {
            byte part = packed.get(from + i);
            size |= (part & 0x7FL) << 7 * i;
            if (part >= 0) {
                return size;
            }
        }
        return Long.MAX_VALUE;
    }
}
