package io.barnabas.log.segment;

/**
 * Where the newest batches of a segment begin, so that those who read at the end of the log need neither index nor
 * scan. A ring of a fixed size; any thread.
 */
final class TailPositions {

    static final int KEPT = 128;

    private static final long[] NONE = {};

    private long[] offsets = NONE;
    private long[] positions = NONE;
    private int first;
    private int count;

    synchronized void add(long baseOffset, long position) {
        if (offsets.length == 0) {
            offsets = new long[KEPT];
            positions = new long[KEPT];
        }
        int slot = (first + count) % KEPT;
        offsets[slot] = baseOffset;
        positions[slot] = position;
        if (count < KEPT) {
            count++;
        } else {
            first = (first + 1) % KEPT;
        }
    }

    /** Where the batch begins that holds {@code offset}, or -1 when it is not among those kept. */
    synchronized long positionOf(long offset) {
        if (count == 0 || offsets[first] > offset) {
            return -1;
        }
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (offsets[(first + middle) % KEPT] <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return positions[(first + low) % KEPT];
    }

    /** Forgets batches at or above an offset. */
    synchronized void truncate(long offset) {
        while (count > 0 && offsets[(first + count - 1) % KEPT] >= offset) {
            count--;
        }
    }

    /** Forgets all, and the memory with it. */
    synchronized void clear() {
        first = 0;
        count = 0;
        offsets = NONE;
        positions = NONE;
    }
}
