package io.barnabas.log.segment;

import io.barnabas.log.index.IndexEntry;
import io.barnabas.log.index.IndexSink;
import io.barnabas.log.index.SegmentMark;
import io.barnabas.log.rules.BatchHeader;
import java.util.Optional;

/**
 * What one segment has in the index, and whether any of it is missing. The writer of the segment adds entries; the one
 * who restores missing ones may do so meanwhile.
 */
final class SegmentIndex {

    private static final long NEVER = -1;

    private final IndexSink sink;
    private final long segmentBase;
    private final int intervalBytes;
    private long lastIndexed;
    private boolean closed;
    private boolean replaced;
    /** The generation of the index in which no entry is missing. */
    private volatile long completeIn = NEVER;
    /** Grows whenever what was read of the segment before may be wrong, or an entry was not taken. */
    private int changes;

    SegmentIndex(IndexSink sink, long segmentBase, int intervalBytes) {
        this.sink = sink;
        this.segmentBase = segmentBase;
        this.intervalBytes = intervalBytes;
    }

    /** As seen by {@link #changes} and {@link IndexSink#generation}. */
    record State(int changes, long generation) {}

    synchronized State state() {
        return new State(changes, sink.generation());
    }

    /** Whether what was read since {@code then} still holds. */
    synchronized boolean isAsIn(State then) {
        return !replaced && changes == then.changes() && sink.generation() == then.generation();
    }

    /** Whether entries are missing that may be restored. */
    boolean isIncomplete() {
        return completeIn != sink.generation();
    }

    /** Adds the entry of a batch that stands where {@code before} ends, unless the last one is near. */
    void add(Extent before, BatchHeader next) {
        Optional<IndexEntry> entry = dueEntry(before, next);
        if (entry.isPresent() && !sink.add(entry.get())) {
            synchronized (this) {
                changes++;
                completeIn = NEVER;
            }
        }
    }

    /** The entry of a batch that stands where {@code before} ends, unless the last one is near. */
    Optional<IndexEntry> dueEntry(Extent before, BatchHeader next) {
        if (!isDue(before, lastIndexed)) {
            return Optional.empty();
        }
        lastIndexed = before.size();
        return Optional.of(before.entry(segmentBase, next.baseOffset()));
    }

    /** Whether a batch at that place is indexed when the last one before it that is stands at {@code lastPosition}. */
    boolean isDue(Extent before, long lastPosition) {
        return before.size() > 0 && before.size() - lastPosition >= intervalBytes;
    }

    /** Whoever adds next begins at {@code position}. */
    void startAt(long position) {
        lastIndexed = position;
    }

    /** Nothing is missing: all entries up to here were given in the generation of {@code then}, in which it still is. */
    synchronized void completed(State then, Extent extent) {
        if (isAsIn(then)) {
            completeIn = then.generation();
            mark(extent);
        }
    }

    /** As the mark in the index says. */
    synchronized void completeSince(State then, boolean segmentClosed) {
        closed = segmentClosed;
        completeIn = then.generation();
    }

    /** The segment grows no more. */
    synchronized void close(Extent extent) {
        closed = true;
        if (!isIncomplete()) {
            mark(extent);
        }
    }

    /** The segment becomes shorter and may grow again; its entries above are the caller's to remove. */
    synchronized void truncate(Extent shorter) {
        changes++;
        closed = false;
        lastIndexed = Math.min(lastIndexed, shorter.size());
        if (!isIncomplete()) {
            mark(shorter);
        }
    }

    /** Another segment is about to take this one's place. */
    synchronized void replace() {
        replaced = true;
    }

    private void mark(Extent extent) {
        SegmentMark mark = closed
                ? new SegmentMark(
                        segmentBase,
                        extent.size(),
                        extent.nextOffset(),
                        extent.maxTimestamp(),
                        extent.maxTimestampOffset())
                : SegmentMark.growing(segmentBase);
        sink.mark(mark, completeIn);
    }
}
