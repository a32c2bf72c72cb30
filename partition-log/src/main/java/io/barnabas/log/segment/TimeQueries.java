package io.barnabas.log.segment;

import io.barnabas.log.PartitionReplica.TimestampOffset;
import java.io.IOException;
import java.util.Optional;

/** Searches a log by time, segment after segment. Segments may be replaced meanwhile by ones that hold less. */
final class TimeQueries {

    private static final int ATTEMPTS = 10;

    private final SegmentLog log;

    TimeQueries(SegmentLog log) {
        this.log = log;
    }

    TimestampOffset find(long timestampMs, long upperOffset) throws IOException {
        long next = log.logStartOffset();
        long end = Math.min(upperOffset, log.logEndOffset());
        while (next < end) {
            long from = next;
            Segment segment = log.holding(from);
            if (segment.extent().maxTimestamp() >= timestampMs) {
                TimestampOffset found = log.reading(from, holder -> holder.find(timestampMs, end));
                if (found.offset() >= 0) {
                    return found;
                }
            }
            long reached = segment.extent().nextOffset();
            if (reached <= from) {
                break;
            }
            next = reached;
        }
        return TimestampOffset.NONE;
    }

    TimestampOffset findMaxTimestamp(long upperOffset) throws IOException {
        for (int i = 0; i < ATTEMPTS; i++) {
            long offset = batchWithLargest(upperOffset);
            if (offset < 0) {
                return TimestampOffset.NONE;
            }
            Optional<TimestampOffset> found = log.reading(offset, segment -> segment.largestIn(offset));
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new IOException("the batch with the largest timestamp was compacted away " + ATTEMPTS + " times over");
    }

    private long batchWithLargest(long upperOffset) throws IOException {
        long next = log.logStartOffset();
        long end = Math.min(upperOffset, log.logEndOffset());
        Extent best = Extent.empty(next);
        while (next < end) {
            Extent below = log.reading(next, segment -> segment.extentBelow(end));
            if (below.maxTimestamp() > best.maxTimestamp()) {
                best = below;
            }
            long reached = log.holding(next).extent().nextOffset();
            if (reached <= next) {
                break;
            }
            next = reached;
        }
        return best.maxTimestampOffset();
    }
}
