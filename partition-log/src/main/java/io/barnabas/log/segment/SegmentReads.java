package io.barnabas.log.segment;

import java.io.IOException;
import java.util.List;

/** Finds the segment that holds an offset, and keeps its file open while it is read. For any number of threads. */
final class SegmentReads {

    /** The segments of the moment. */
    interface Segments {
        List<Segment> get() throws IOException;
    }

    /** What is read of a segment. */
    interface Reading<T> {
        T in(Segment segment) throws IOException;
    }

    private final Segments segments;

    SegmentReads(Segments segments) {
        this.segments = segments;
    }

    FileSlice slice(long offset, long upperOffset, int maxBytes, boolean atLeastOne) throws IOException {
        while (true) {
            Segment segment = holding(offset);
            if (!segment.file().retain()) {
                continue;
            }
            FileSlice slice = null;
            try {
                slice = segment.slice(offset, upperOffset, maxBytes, atLeastOne);
                return slice;
            } finally {
                if (slice == null) {
                    segment.file().release();
                }
            }
        }
    }

    void scan(long fromOffset, long toOffset, BatchVisitor visitor) throws IOException {
        long next = fromOffset;
        while (next < toOffset) {
            long from = next;
            long reached = in(from, segment -> {
                segment.scan(from, toOffset, visitor);
                return segment.extent().nextOffset();
            });
            if (reached <= from) {
                return;
            }
            next = reached;
        }
    }

    /** Reads in the segment that holds {@code offset}. */
    <T> T in(long offset, Reading<T> reading) throws IOException {
        while (true) {
            Segment segment = holding(offset);
            if (segment.file().retain()) {
                try {
                    return reading.in(segment);
                } finally {
                    segment.file().release();
                }
            }
        }
    }

    Segment holding(long offset) throws IOException {
        List<Segment> all = segments.get();
        long start = all.getFirst().baseOffset();
        if (offset < start) {
            throw new IllegalArgumentException(
                    "log " + all.getFirst().file().path().getParent() + " begins at offset " + start + ", offset "
                            + offset + " is not there");
        }
        return all.get(indexOf(all, offset));
    }

    /** The last segment that begins at or below an offset. */
    static int indexOf(List<Segment> all, long offset) {
        int low = 0;
        int high = all.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (all.get(middle).baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
