package io.barnabas.log.segment;

import io.barnabas.log.PartitionReplica.TimestampOffset;
import io.barnabas.log.index.IndexEntry;
import io.barnabas.log.index.IndexSink;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.BatchRules;
import io.barnabas.log.rules.SegmentFacts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One segment file and what is known of it. Writers take turns; readers see the {@link Extent} that was published
 * last, which never covers bytes that are not written yet. Whoever reads must hold the {@link #file}.
 */
final class Segment {

    private final long baseOffset;
    private final SegmentFile file;
    private final IndexSink index;
    private final SegmentIndex entries;
    private final AtomicBoolean dirty = new AtomicBoolean();
    private final TailPositions tail = new TailPositions();
    private volatile Extent extent;
    private volatile long firstAppendMs;
    private boolean ragged;

    /**
     * @param extent what the file holds
     * @param firstAppendMs when it was begun, in milliseconds since 1970
     */
    Segment(
            long baseOffset,
            SegmentFile file,
            IndexSink index,
            SegmentLogConfig config,
            Extent extent,
            long firstAppendMs) {
        this.baseOffset = baseOffset;
        this.file = file;
        this.index = index;
        this.entries = new SegmentIndex(index, baseOffset, config.indexIntervalBytes());
        this.extent = extent;
        entries.startAt(extent.size());
        this.firstAppendMs = firstAppendMs;
    }

    long baseOffset() {
        return baseOffset;
    }

    SegmentFile file() {
        return file;
    }

    Extent extent() {
        return extent;
    }

    /** What it has in the index. */
    SegmentIndex entries() {
        return entries;
    }

    SegmentFacts facts() {
        Extent now = extent;
        // Of one that was not read since the start nobody knows that it is old.
        long newest = now.isRead() ? now.maxTimestamp() : Long.MAX_VALUE;
        return new SegmentFacts(baseOffset, now.nextOffset(), now.size(), newest, firstAppendMs);
    }

    boolean isOlderThan(long ageMs, long nowMs) {
        return nowMs - firstAppendMs >= ageMs;
    }

    /** Writes batches that follow the last one. After a failure the segment is as it was before. */
    void append(List<Pending> batches, long nowMs) throws IOException {
        Extent before = extent;
        if (before.size() == 0) {
            firstAppendMs = nowMs;
        }
        ByteBuffer prefixes = ByteBuffer.allocate(batches.size() * BatchHeader.PREFIX);
        List<ByteBuffer> bytes = new ArrayList<>(batches.size() * 2);
        for (int i = 0; i < batches.size(); i++) {
            batches.get(i).gather(prefixes.slice(i * BatchHeader.PREFIX, BatchHeader.PREFIX), bytes);
        }
        dirty.set(true);
        try {
            file.write(bytes.toArray(new ByteBuffer[0]), before.size());
            Extent after = before;
            for (Pending batch : batches) {
                BatchHeader header = batch.header();
                entries.add(after, header);
                tail.add(header, after.size());
                after = plus(after, header);
            }
            extent = after;
        } catch (IOException | RuntimeException e) {
            tail.truncate(before.nextOffset());
            ragged = true;
            try {
                trim();
            } catch (IOException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
        // A flush that ran between the write and here has taken the mark with it.
        dirty.set(true);
    }

    /** Takes what recovery found in the file. */
    void resume(Extent whole) {
        extent = whole;
    }

    /** Takes what a reader of all its headers found, if nobody has before. */
    synchronized void measured(Extent whole) {
        Extent now = extent;
        if (!now.isRead() && now.size() == whole.size()) {
            extent = whole;
        }
    }

    /** The extent with the batch that begins at its end. */
    Extent plus(Extent before, BatchHeader header) throws IOException {
        return before.plus(header, timestampOf(header, before.size()));
    }

    /** Removes what a failed append left behind the last batch; must succeed before anything follows. */
    void trim() throws IOException {
        if (ragged) {
            file.truncate(extent.size());
            ragged = false;
        }
    }

    /** The index entry of the batch that stands where {@code before} ends, unless the last one is near. */
    Optional<IndexEntry> dueEntry(Extent before, BatchHeader next) {
        return entries.dueEntry(before, next);
    }

    /** No more will be appended, so nobody reads here to keep up. */
    void seal() {
        tail.clear();
        entries.close(extent);
    }

    /** The next {@link #flush} syncs the file. */
    void touch() {
        dirty.set(true);
    }

    /** Makes all bytes written before the call durable. */
    void flush() throws IOException {
        if (!dirty.getAndSet(false)) {
            return;
        }
        try {
            file.force();
        } catch (IOException | RuntimeException e) {
            dirty.set(true);
            throw e;
        }
    }

    /** Removes the batches that reach to {@code offset} or above, for good when this returns. The index is the caller's. */
    void truncateTo(Extent shorter) throws IOException {
        extent = shorter;
        tail.truncate(shorter.nextOffset());
        file.truncate(shorter.size());
        ragged = false;
        entries.truncate(shorter);
        file.force();
    }

    /** The extent of the batches that end at or below {@code offset}. */
    Extent extentBelow(long offset) throws IOException {
        Extent now = extent;
        if (offset >= now.nextOffset()) {
            return now.isRead() ? now : read();
        }
        long probe = offset;
        while (true) {
            Extent start = startFor(probe, now);
            Extent below = start;
            HeaderCursor cursor = new HeaderCursor(file, start.size(), now.size());
            while (below.nextOffset() < offset) {
                BatchHeader header = cursor.next();
                if (header == null || header.nextOffset() > offset) {
                    break;
                }
                below = plus(below, header);
            }
            if (start.size() == 0 || below.size() > start.size()) {
                return below;
            }
            // An index entry tells where its batch begins, not where the one before ends: there may be a gap.
            probe = start.nextOffset() - 1;
        }
    }

    /** As {@link #extentBelow}, with the largest timestamp of the records from {@code fromOffset} only. */
    Extent timesWithin(long fromOffset, long upperOffset) throws IOException {
        Extent below = extentBelow(upperOffset);
        if (fromOffset <= baseOffset || below.maxTimestampOffset() >= fromOffset) {
            return below;
        }
        Extent within = new Extent(positionOf(fromOffset, extent), fromOffset, -1, -1);
        HeaderCursor cursor = new HeaderCursor(file, within.size(), below.size());
        for (BatchHeader header = cursor.next(); header != null; header = cursor.next()) {
            within = header.baseOffset() < fromOffset
                    ? within.plus(header, largestFrom(header, cursor.position(), fromOffset))
                    : plus(within, header);
        }
        return within;
    }

    private long largestFrom(BatchHeader header, long position, long fromOffset) throws IOException {
        return RecordTimes.largest(read(position, header.sizeInBytes()), fromOffset)
                .timestampMs();
    }

    private Extent read() throws IOException {
        Extent whole = Extent.empty(baseOffset);
        HeaderCursor cursor = new HeaderCursor(file, 0, extent.size());
        for (BatchHeader header = cursor.next(); header != null; header = cursor.next()) {
            whole = plus(whole, header);
        }
        measured(whole);
        return whole;
    }

    /** What lies before the nearest index entry at or below {@code offset} that the file bears out. */
    Extent startFor(long offset, Extent now) throws IOException {
        Optional<IndexEntry> entry = offset <= baseOffset ? Optional.empty() : index.floor(offset);
        return entry.isPresent() && holds(entry.get(), now) ? Extent.before(entry.get()) : Extent.empty(baseOffset);
    }

    private boolean holds(IndexEntry entry, Extent now) throws IOException {
        if (entry.segmentBase() != baseOffset || entry.position() < 0 || entry.position() >= now.size()) {
            return false;
        }
        HeaderCursor cursor = new HeaderCursor(file, entry.position(), now.size());
        Optional<BatchHeader> header = cursor.peek();
        return header.isPresent()
                && header.get().baseOffset() == entry.offset()
                && cursor.faultOf(header.get()).isEmpty();
    }

    /** Where the first batch begins that reaches beyond {@code offset}, which lies in this segment. */
    private long positionOf(long offset, Extent now) throws IOException {
        long known = tail.positionOf(offset);
        if (known >= 0) {
            return known;
        }
        HeaderCursor cursor = new HeaderCursor(file, startFor(offset, now).size(), now.size());
        BatchHeader header = cursor.next();
        while (header != null && header.nextOffset() <= offset) {
            header = cursor.next();
        }
        if (header == null) {
            throw new CorruptLogException(
                    file.path(), cursor.nextPosition(), "no batch is left that reaches offset " + offset);
        }
        return cursor.position();
    }

    /** Whole batches below {@code upperOffset}; the slice takes over the caller's hold of the file. */
    FileSlice slice(long offset, long upperOffset, int maxBytes, boolean atLeastOne) throws IOException {
        Extent now = extent;
        if (offset >= Math.min(now.nextOffset(), upperOffset)) {
            return new FileSlice(file, now.size(), 0);
        }
        long start = positionOf(offset, now);
        long end = upperOffset >= now.nextOffset() ? now.size() : tail.positionOf(upperOffset);
        if (end < start || end - start > maxBytes) {
            end = endOf(start, now, upperOffset, maxBytes, atLeastOne);
        }
        return new FileSlice(file, start, (int) (end - start));
    }

    private long endOf(long start, Extent now, long upperOffset, int maxBytes, boolean atLeastOne) throws IOException {
        HeaderCursor cursor = new HeaderCursor(file, start, now.size());
        long end = start;
        for (BatchHeader header = cursor.next(); header != null; header = cursor.next()) {
            boolean fits = header.nextOffset() <= upperOffset && cursor.nextPosition() - start <= maxBytes;
            boolean first = end == start && atLeastOne && header.nextOffset() <= upperOffset;
            if (!fits && !first) {
                break;
            }
            end = cursor.nextPosition();
            if (header.nextOffset() >= upperOffset) {
                break;
            }
        }
        return end;
    }

    /** Visits the batches from the one that holds or follows {@code fromOffset}, as long as they begin below {@code toOffset}. */
    void scan(long fromOffset, long toOffset, BatchVisitor visitor) throws IOException {
        Extent now = extent;
        if (fromOffset >= now.nextOffset() || toOffset <= baseOffset) {
            return;
        }
        long start = fromOffset <= baseOffset ? 0 : positionOf(fromOffset, now);
        HeaderCursor cursor = new HeaderCursor(file, start, now.size());
        long next = baseOffset;
        while (next < toOffset) {
            BatchHeader header = cursor.next();
            if (header == null || header.baseOffset() >= toOffset) {
                return;
            }
            visitor.visit(header, cursor.position());
            next = header.nextOffset();
        }
    }

    /** The bytes of the batch that begins at {@code offset}, checked against its CRC. */
    ByteBuffer readBatch(long offset) throws IOException {
        Extent now = extent;
        long position = positionOf(offset, now);
        BatchHeader header = new HeaderCursor(file, position, now.size()).next();
        if (header == null || header.baseOffset() != offset) {
            throw new IllegalArgumentException("no batch begins at offset " + offset + " in " + file.path());
        }
        ByteBuffer batch = read(position, header.sizeInBytes());
        if (BatchRules.crcOf(batch, 0, header.sizeInBytes()) != header.crc()) {
            throw new CorruptLogException(
                    file.path(), position, "the CRC of the batch at offset " + offset + " is wrong");
        }
        return batch;
    }

    /** The first record at or after {@code timestampMs} of those from {@code fromOffset} and below {@code upperOffset}. */
    TimestampOffset find(long timestampMs, long fromOffset, long upperOffset) throws IOException {
        Extent now = extent;
        Optional<IndexEntry> hint = index.beforeTime(baseOffset, timestampMs);
        boolean usable = hint.isPresent() && hint.get().maxTimestamp() < timestampMs && holds(hint.get(), now);
        long start = Math.max(
                usable ? hint.get().position() : 0, startFor(fromOffset, now).size());
        HeaderCursor cursor = new HeaderCursor(file, start, now.size());
        long next = baseOffset;
        while (next < upperOffset) {
            BatchHeader header = cursor.next();
            if (header == null || header.baseOffset() >= upperOffset) {
                break;
            }
            boolean mayReach = header.maxTimestamp() >= timestampMs || !header.tellsMaxTimestamp();
            if (mayReach && header.nextOffset() > fromOffset) {
                TimestampOffset found = RecordTimes.firstAtOrAfter(
                        read(cursor.position(), header.sizeInBytes()), timestampMs, fromOffset, upperOffset);
                if (found.offset() >= 0) {
                    return found;
                }
            }
            next = header.nextOffset();
        }
        return TimestampOffset.NONE;
    }

    /**
     * The first record with the largest timestamp of those from {@code fromOffset} in the batch that begins at {@code
     * offset}, if one does.
     */
    Optional<TimestampOffset> largestIn(long offset, long fromOffset) throws IOException {
        Extent now = extent;
        if (offset >= now.nextOffset()) {
            return Optional.empty();
        }
        long position = positionOf(offset, now);
        BatchHeader header = new HeaderCursor(file, position, now.size()).next();
        return header == null || header.baseOffset() != offset
                ? Optional.empty()
                : Optional.of(RecordTimes.largest(readBatch(offset), fromOffset));
    }

    /** The largest timestamp of the batch's records; -1 when compaction has left it none. */
    private long timestampOf(BatchHeader header, long position) throws IOException {
        if (header.recordCount() == 0) {
            return -1;
        }
        return header.tellsMaxTimestamp()
                ? header.maxTimestamp()
                : RecordTimes.largestTimestamp(read(position, header.sizeInBytes()));
    }

    /** The same of a batch in memory. */
    static long timestampOf(BatchHeader header, ByteBuffer batch) {
        if (header.recordCount() == 0) {
            return -1;
        }
        return header.tellsMaxTimestamp() ? header.maxTimestamp() : RecordTimes.largestTimestamp(batch);
    }

    private ByteBuffer read(long position, int size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(size);
        if (file.read(bytes, position) < size) {
            throw new CorruptLogException(file.path(), position, "the file ends within a batch");
        }
        return bytes.flip();
    }
}
