package io.barnabas.log.segment;

import io.barnabas.log.index.IndexSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/**
 * Which segments a log has: in memory, in the index, and as files of one directory. They come and go in an order that
 * leaves a log without a gap when a crash comes in between.
 *
 * <p>One thread at a time changes them; any number may look at them meanwhile.
 */
final class SegmentList {

    private final SegmentFiles files;
    private final Path directory;
    private final IndexSink index;
    /** Held while segments or batches are taken out of the log and the index, and while entries are restored. */
    private final ReentrantLock removals = new ReentrantLock();

    private final AtomicBoolean directoryDirty = new AtomicBoolean(true);
    private volatile List<Segment> segments;
    private volatile boolean closed;
    private volatile boolean deleted;

    /** @param found none in a directory without a log, which begins at offset 0 then */
    SegmentList(SegmentFiles files, Path directory, IndexSink index, List<Segment> found, SegmentLogConfig config)
            throws IOException {
        this.files = files;
        this.directory = directory;
        this.index = index;
        this.segments = found.isEmpty() ? List.of(newSegment(0, config)) : List.copyOf(found);
    }

    /** Oldest first, at least one; of a log that is closed too. */
    List<Segment> all() {
        return segments;
    }

    /** As {@link #all}, of a log that is open. */
    List<Segment> open() throws IOException {
        List<Segment> all = segments;
        requireOpen();
        return all;
    }

    void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("log " + directory + " is closed");
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Adds a segment behind the one that was written to, which is closed by that. */
    Segment addAfter(Segment active, SegmentLogConfig config) throws IOException {
        Segment next = newSegment(active.extent().nextOffset(), config);
        List<Segment> more = new ArrayList<>(segments);
        more.add(next);
        segments = List.copyOf(more);
        active.seal();
        return next;
    }

    private Segment newSegment(long baseOffset, SegmentLogConfig config) throws IOException {
        SegmentFile file = new SegmentFile(files, SegmentRecovery.fileOf(directory, baseOffset));
        if (file.size() > 0) {
            file.truncate(0);
        }
        directoryDirty.set(true);
        Segment segment = new Segment(baseOffset, file, index, config, Extent.empty(baseOffset), 0);
        segment.entries().completed(segment.entries().state(), segment.extent());
        return segment;
    }

    /** Makes the names of new files durable. */
    void syncNames() throws IOException {
        if (directoryDirty.getAndSet(false)) {
            try {
                files.syncDirectory(directory);
            } catch (IOException e) {
                directoryDirty.set(true);
                throw DiskFault.ofSync(directory, e);
            }
        }
    }

    /** Removes the batches that reach to {@code offset}, which the log holds, or above. */
    void truncateTo(long offset) throws IOException {
        List<Segment> all = open();
        int keep = SegmentReads.indexOf(all, offset);
        Extent shorter = all.get(keep).extentBelow(offset);
        removals.lock();
        try {
            index.truncate(shorter.nextOffset());
            segments = List.copyOf(all.subList(0, keep + 1));
            // The last goes first: a crash in between then leaves a log without a gap.
            drop(all.subList(keep + 1, all.size()));
            all.get(keep).truncateTo(shorter);
        } finally {
            removals.unlock();
        }
    }

    /** Removes the segments before the one that holds {@code offset}. */
    void trimTo(long offset) throws IOException {
        List<Segment> all = open();
        int keep = SegmentReads.indexOf(all, offset);
        if (keep <= 0) {
            return;
        }
        removals.lock();
        try {
            segments = List.copyOf(all.subList(keep, all.size()));
            index.trim(all.get(keep).baseOffset());
        } finally {
            removals.unlock();
        }
        // The oldest goes first: a crash in between then leaves a log without a gap.
        for (Segment segment : all.subList(0, keep)) {
            segment.file().delete();
            segment.file().release();
        }
        files.syncDirectory(directory);
    }

    /** Removes all and begins anew; when that fails the log is closed. */
    void restartAt(long offset, SegmentLogConfig config) throws IOException {
        List<Segment> all = open();
        removals.lock();
        try {
            index.clear();
            boolean done = false;
            try {
                drop(all);
                segments = List.of(newSegment(offset, config));
                done = true;
            } finally {
                // Without a segment to read from, readers are better told.
                closed = !done;
            }
        } finally {
            removals.unlock();
        }
    }

    private void drop(List<Segment> dropped) throws IOException {
        for (Segment segment : dropped.reversed()) {
            segment.file().delete();
            segment.file().release();
        }
        if (!dropped.isEmpty()) {
            files.syncDirectory(directory);
        }
    }

    /**
     * Puts {@code next} in the place of {@code old}; see {@link Replacement}.
     *
     * @return false when some of the old ones are gone
     */
    boolean swap(List<Segment> old, Segment next) throws IOException {
        List<Segment> all = open();
        int first = all.indexOf(old.getFirst());
        int last = first + old.size();
        if (first < 0 || last >= all.size() || !all.subList(first, last).equals(old)) {
            return false;
        }
        List<Segment> changed = new ArrayList<>(all.subList(0, first));
        changed.add(next);
        changed.addAll(all.subList(last, all.size()));
        new SegmentSwap(files, directory).commit(old, next, () -> {
            removals.lock();
            try {
                segments = List.copyOf(changed);
            } finally {
                removals.unlock();
            }
        });
        return true;
    }

    /** As {@link SegmentLog#restoreIndex}. */
    boolean restoreIndex(LongConsumer pace) throws IOException {
        return index.restoredLater()
                && new IndexRestoration(() -> closed || deleted ? List.of() : segments, removals, index).run(pace);
    }

    /** Gives up the files; those of slices stay open until these are released. */
    void close() throws IOException {
        if (!closed) {
            closed = true;
            try {
                segments.getLast().trim();
            } finally {
                release(segments);
            }
        }
    }

    /** Deletes the files and what the index has of them. */
    void deleteAll() throws IOException {
        List<Segment> all = segments;
        removals.lock();
        try {
            deleted = true;
            index.clear();
        } finally {
            removals.unlock();
        }
        for (Segment segment : all.reversed()) {
            segment.file().delete();
        }
        for (Path file : files.list(directory)) {
            if (SwapRecovery.isPassing(file)) {
                files.delete(file);
            }
        }
        files.syncDirectory(directory);
        if (!closed) {
            closed = true;
            release(all);
        }
    }

    private static void release(List<Segment> all) throws IOException {
        for (Segment segment : all) {
            segment.file().release();
        }
    }
}
