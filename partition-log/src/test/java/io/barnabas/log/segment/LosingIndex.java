package io.barnabas.log.segment;

import io.barnabas.log.index.IndexEntry;
import io.barnabas.log.index.IndexSink;
import io.barnabas.log.index.SegmentMark;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** An index that loses everything, or refuses entries, when a test wants it. */
final class LosingIndex implements IndexSink {

    private final IndexSink real;
    private final AtomicLong losses = new AtomicLong();
    private volatile boolean refusing;

    LosingIndex(IndexSink real) {
        this.real = real;
    }

    void lose() {
        real.clear();
        losses.incrementAndGet();
    }

    void refuse(boolean refuse) {
        refusing = refuse;
    }

    @Override
    public boolean add(IndexEntry entry) {
        return !refusing && real.add(entry);
    }

    @Override
    public void restore(IndexEntry entry) {
        real.restore(entry);
    }

    @Override
    public Optional<IndexEntry> floor(long offset) {
        return real.floor(offset);
    }

    @Override
    public Optional<IndexEntry> beforeTime(long segmentBase, long timestampMs) {
        return real.beforeTime(segmentBase, timestampMs);
    }

    @Override
    public void truncate(long offset) {
        real.truncate(offset);
    }

    @Override
    public void trim(long offset) {
        real.trim(offset);
    }

    @Override
    public void removeSegments(long fromOffset, long toOffset) {
        real.removeSegments(fromOffset, toOffset);
    }

    @Override
    public void clear() {
        real.clear();
    }

    @Override
    public boolean restoredLater() {
        return true;
    }

    @Override
    public long generation() {
        return real.generation() + losses.get();
    }

    @Override
    public void mark(SegmentMark mark, long generation) {
        if (generation == generation()) {
            real.mark(mark, real.generation());
        }
    }

    @Override
    public Optional<SegmentMark> markOf(long segmentBase) {
        return real.markOf(segmentBase);
    }
}
