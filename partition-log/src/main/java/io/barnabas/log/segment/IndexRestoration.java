package io.barnabas.log.segment;

import io.barnabas.log.index.IndexEntry;
import io.barnabas.log.index.IndexSink;
import io.barnabas.log.rules.BatchHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * Reads segments whose index entries are missing and gives the entries to the index again, while the log is in use.
 * Batches are believed by their headers, as when a log is opened below its recovery offset.
 */
final class IndexRestoration {

    private static final int STEP_BYTES = 1 << 20;

    private final Supplier<List<Segment>> segments;
    private final Lock changes;
    private final IndexSink index;

    /**
     * @param segments of the moment, none when the log is closed
     * @param changes held by whoever takes segments or batches out of the log and the index
     */
    IndexRestoration(Supplier<List<Segment>> segments, Lock changes, IndexSink index) {
        this.segments = segments;
        this.changes = changes;
        this.index = index;
    }

    /**
     * Restores what is missing now.
     *
     * @param pace is told how many bytes were passed, and may wait
     * @return whether anything was missing
     * @throws CorruptLogException when a segment is damaged
     */
    boolean run(LongConsumer pace) throws IOException {
        boolean missing = false;
        for (Segment segment : segments.get()) {
            if (segment.entries().isIncomplete() && segment.file().retain()) {
                missing = true;
                try {
                    restore(segment, pace);
                } finally {
                    segment.file().release();
                }
            }
        }
        return missing;
    }

    private void restore(Segment segment, LongConsumer pace) throws IOException {
        SegmentIndex.State begun = segment.entries().state();
        try {
            read(segment, begun, pace);
        } catch (IOException e) {
            // A segment that is truncated or deleted under the reader is not damaged.
            if (isThere(segment) && segment.entries().isAsIn(begun)) {
                throw e;
            }
        }
    }

    private void read(Segment segment, SegmentIndex.State begun, LongConsumer pace) throws IOException {
        Extent end = segment.extent();
        Extent whole = Extent.empty(segment.baseOffset());
        HeaderCursor cursor = new HeaderCursor(segment.file(), 0, end.size());
        List<IndexEntry> found = new ArrayList<>();
        long lastIndexed = 0;
        long step = 0;
        while (whole.size() < end.size()) {
            BatchHeader header = cursor.next();
            if (header.baseOffset() < whole.nextOffset()) {
                throw new CorruptLogException(
                        segment.file().path(),
                        whole.size(),
                        "a batch of offset " + header.baseOffset() + " stands where offset " + whole.nextOffset()
                                + " or a higher one must follow");
            }
            if (segment.entries().isDue(whole, lastIndexed)) {
                found.add(whole.entry(segment.baseOffset(), header.baseOffset()));
                lastIndexed = whole.size();
            }
            whole = segment.plus(whole, header);
            if (whole.size() - step >= STEP_BYTES) {
                if (!give(segment, begun, found)) {
                    return;
                }
                pace.accept(whole.size() - step);
                step = whole.size();
            }
        }
        if (whole.nextOffset() != end.nextOffset()) {
            throw new CorruptLogException(
                    segment.file().path(),
                    whole.size(),
                    "the file ends at offset " + whole.nextOffset() + ", its batches reached " + end.nextOffset());
        }
        if (give(segment, begun, found)) {
            segment.measured(whole);
            segment.entries().completed(begun, segment.extent());
        }
    }

    /** Gives the entries to the index unless the segment has changed. */
    private boolean give(Segment segment, SegmentIndex.State begun, List<IndexEntry> found) {
        changes.lock();
        try {
            if (!isThere(segment) || !segment.entries().isAsIn(begun)) {
                return false;
            }
            found.forEach(index::restore);
            found.clear();
            return true;
        } finally {
            changes.unlock();
        }
    }

    private boolean isThere(Segment segment) {
        return segments.get().contains(segment);
    }
}
