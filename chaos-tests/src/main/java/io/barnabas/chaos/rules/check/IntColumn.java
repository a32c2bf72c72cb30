package io.barnabas.chaos.rules.check;

import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Numbers by index, 0 where none was set: 4 bytes each, in chunks where indexes are used. Indexes may be any. */
final class IntColumn {

    private static final int BITS = 12;
    private static final int MASK = (1 << BITS) - 1;
    private static final int[] EMPTY = new int[1 << BITS];

    private final TreeMap<Long, int[]> chunks = new TreeMap<>();
    private long lastKey = Long.MIN_VALUE;
    private int[] last = EMPTY;

    int get(long index) {
        return chunk(index >> BITS)[(int) (index & MASK)];
    }

    void set(long index, int number) {
        long key = index >> BITS;
        int[] chunk = chunk(key);
        if (chunk == EMPTY) {
            chunk = new int[1 << BITS];
            chunks.put(key, chunk);
            last = chunk;
        }
        chunk[(int) (index & MASK)] = number;
    }

    private int[] chunk(long key) {
        if (key != lastKey) {
            lastKey = key;
            last = chunks.getOrDefault(key, EMPTY);
        }
        return last;
    }

    /** What is done with an index and its number. */
    @FunctionalInterface
    interface Visit {
        void at(long index, int number);
    }

    /** All numbers that are not 0, by ascending index. */
    void forEach(Visit visit) {
        forEachOfEither(this, this, Long.MIN_VALUE, Long.MAX_VALUE, visit);
    }

    /**
     * All indexes in [from, to) where one of the columns is not 0, ascending, with the first's number or else the
     * second's.
     */
    static void forEachOfEither(IntColumn first, IntColumn second, long from, long to, Visit visit) {
        NavigableSet<Long> keys = new TreeSet<>(first.chunksBetween(from, to));
        keys.addAll(second.chunksBetween(from, to));
        for (long key : keys) {
            int[] ones = first.chunks.getOrDefault(key, EMPTY);
            int[] others = second.chunks.getOrDefault(key, EMPTY);
            int begin = key == from >> BITS ? (int) (from & MASK) : 0;
            int end = key == to >> BITS ? (int) (to & MASK) : 1 << BITS;
            for (int i = begin; i < end; i++) {
                int number = ones[i] != 0 ? ones[i] : others[i];
                if (number != 0) {
                    visit.at((key << BITS) + i, number);
                }
            }
        }
    }

    private Set<Long> chunksBetween(long from, long to) {
        return chunks.subMap(from >> BITS, true, to >> BITS, true).keySet();
    }
}
