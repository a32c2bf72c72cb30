package io.barnabas.log.segment;

import io.barnabas.log.rules.BatchHeader;

/**
 * Where the newest batches of a segment begin, so that those who read at the end of the log need neither index nor
 * scan. A ring of a fixed size; any thread.
 */
final class TailPositions {

    static final int KEPT = 128;

    private static final long[] NONE = {};

    private long[] positions = NONE;
    private long[] nextOffsets = NONE;
    private long firstOffset;
    private int first;
    private int count;

    /** Adds a batch behind the last one. */
    synchronized void add(BatchHeader batch, long position) {
        if (positions.length == 0) {
            positions = new long[KEPT];
            nextOffsets = new long[KEPT];
        }
        if (count == KEPT) {
            firstOffset = nextOffsets[first];
            first = (first + 1) % KEPT;
            count--;
        } else if (count == 0) {
            firstOffset = batch.baseOffset();
        }
        int slot = (first + count) % KEPT;
        positions[slot] = position;
        nextOffsets[slot] = batch.nextOffset();
        count++;
    }

    /** Where the first batch begins that reaches beyond {@code offset}, or -1 when it is not known here. */
    synchronized long positionOf(long offset) {
        if (count == 0 || offset < firstOffset || offset >= nextOffsets[(first + count - 1) % KEPT]) {
            return -1;
        }
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (nextOffsets[(first + middle) % KEPT] > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return positions[(first + low) % KEPT];
    }

    /** Forgets batches that reach beyond an offset. */
    synchronized void truncate(long offset) {
        while (count > 0 && nextOffsets[(first + count - 1) % KEPT] > offset) {
            count--;
        }
    }

    /** Forgets all, and the memory with it. */
    synchronized void clear() {
        first = 0;
        count = 0;
        positions = NONE;
        nextOffsets = NONE;
    }
}
