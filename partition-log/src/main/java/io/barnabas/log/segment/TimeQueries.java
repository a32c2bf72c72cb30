package io.barnabas.log.segment;

import io.barnabas.log.PartitionReplica.TimestampOffset;
import java.io.IOException;
import java.util.Optional;

/** Searches a log by time, segment after segment. Segments may be replaced meanwhile by ones that hold less. */
final class TimeQueries {

    private static final int ATTEMPTS = 10;

    private final SegmentLog log;
    private final SegmentReads reads;

    TimeQueries(SegmentLog log, SegmentReads reads) {
        this.log = log;
        this.reads = reads;
    }

    TimestampOffset find(long timestampMs, long fromOffset, long upperOffset) throws IOException {
        long next = Math.max(fromOffset, log.logStartOffset());
        long end = Math.min(upperOffset, log.logEndOffset());
        while (next < end) {
            long from = next;
            Segment segment = reads.holding(from);
            if (segment.extent().mayReach(timestampMs)) {
                TimestampOffset found = reads.in(from, holder -> holder.find(timestampMs, from, end));
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

    TimestampOffset findMaxTimestamp(long fromOffset, long upperOffset) throws IOException {
        for (int i = 0; i < ATTEMPTS; i++) {
            long offset = batchWithLargest(fromOffset, upperOffset);
            if (offset < 0) {
                return TimestampOffset.NONE;
            }
            Optional<TimestampOffset> found = reads.in(offset, segment -> segment.largestIn(offset, fromOffset));
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new IOException("the batch with the largest timestamp was compacted away " + ATTEMPTS + " times over");
    }

    private long batchWithLargest(long fromOffset, long upperOffset) throws IOException {
        long next = Math.max(fromOffset, log.logStartOffset());
        long end = Math.min(upperOffset, log.logEndOffset());
        Extent best = Extent.empty(next);
        while (next < end) {
            long from = next;
            Extent within = reads.in(from, segment -> segment.timesWithin(from, end));
            if (within.maxTimestamp() > best.maxTimestamp()) {
                best = within;
            }
            long reached = reads.holding(from).extent().nextOffset();
            if (reached <= from) {
                break;
            }
            next = reached;
        }
        return best.maxTimestampOffset();
    }
}
