package io.barnabas.chaos.rules.check;

import java.util.HashMap;
import java.util.Map;

/** Numbers by index, 0 where none was set: 8 bytes each, in chunks where indexes are used. Indexes may be any. */
final class LongColumn {

    private static final int BITS = 12;
    private static final int MASK = (1 << BITS) - 1;
    private static final long[] EMPTY = new long[1 << BITS];

    private final Map<Long, long[]> chunks = new HashMap<>();
    private long lastKey = Long.MIN_VALUE;
    private long[] last = EMPTY;

    long get(long index) {
        return chunk(index >> BITS)[(int) (index & MASK)];
    }

    void set(long index, long number) {
        long key = index >> BITS;
        long[] chunk = chunk(key);
        if (chunk == EMPTY) {
            chunk = new long[1 << BITS];
            chunks.put(key, chunk);
            last = chunk;
        }
        chunk[(int) (index & MASK)] = number;
    }

    boolean bit(long index) {
        return (get(index >> 6) & 1L << index) != 0;
    }

    /** Sets a bit; a column holds bits or numbers, not both. */
    void setBit(long index) {
        set(index >> 6, get(index >> 6) | 1L << index);
    }

    private long[] chunk(long key) {
        if (key != lastKey) {
            lastKey = key;
            last = chunks.getOrDefault(key, EMPTY);
        }
        return last;
    }
}
