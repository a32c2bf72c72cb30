package io.barnabas.log.segment;

import io.barnabas.log.LogSlice;
import io.barnabas.log.PartitionReplica.TimestampOffset;
import io.barnabas.log.index.IndexSink;
import io.barnabas.log.rules.SegmentFacts;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/**
 * The batches of one partition, in segment files. Compaction leaves gaps of offsets within a segment, never between
 * two: each file is named after the offset at which the one before ends, so that a missing file does not go unnoticed.
 * A read at an offset inside a gap begins at the next batch.
 *
 * <p>One thread at a time may append, truncate, restart, close or delete; the caller sees to that. {@link #flush} may
 * run beside an append. Any number of threads may read meanwhile. A reader names an upper offset, the high watermark as
 * a rule: what lies below is never truncated, so a reader never sees a torn batch, nor one that is taken back.
 */
public final class SegmentLog implements Closeable {

    private final SegmentFiles files;
    private final Path directory;
    private volatile SegmentLogConfig config;
    private final IndexSink index;
    private final RecoveryReport recovery;
    private final CleanedOffset cleaned;
    private final SegmentList segments;
    private final SegmentReads reads;

    private SegmentLog(
            SegmentFiles files, Path directory, SegmentLogConfig config, IndexSink index, long recoveryOffset)
            throws IOException {
        this.files = files;
        this.directory = directory;
        this.config = config;
        this.index = index;
        files.createDirectory(directory);
        this.cleaned = CleanedOffset.read(files, directory);
        SegmentRecovery run = new SegmentRecovery(files, directory, config, index, recoveryOffset);
        this.segments = new SegmentList(files, directory, index, run.run(), config);
        this.reads = new SegmentReads(segments::open);
        this.recovery = run.report();
    }

    /**
     * Opens a log, or begins an empty one at offset 0.
     *
     * @param recoveryOffset batches that begin below are trusted, those at or above are checked by CRC. At the first
     *     that is torn or damaged the log is cut, see {@link #recovery}. The log may end below this offset when whole
     *     batches are missing: hold {@link #logEndOffset} against it
     * @throws CorruptLogException when a batch below {@code recoveryOffset} is damaged
     */
    public static SegmentLog open(Path directory, SegmentLogConfig config, IndexSink index, long recoveryOffset)
            throws IOException {
        return open(SegmentFiles.direct(), directory, config, index, recoveryOffset);
    }

    /** As the other, over a file system of the caller's. */
    public static SegmentLog open(
            SegmentFiles files, Path directory, SegmentLogConfig config, IndexSink index, long recoveryOffset)
            throws IOException {
        return new SegmentLog(files, directory, config, index, recoveryOffset);
    }

    /** Takes other settings, of which those of segments hold for segments that begin from now on. */
    public void configure(SegmentLogConfig changed) {
        config = changed;
    }

    /** What opening found and cut. */
    public RecoveryReport recovery() {
        return recovery;
    }

    /**
     * Writes batches behind the last one, as few writes as segments allow. They are visible to readers at once, and
     * durable after the next {@link #flush}. After a failure {@link #logEndOffset} tells which were written. Offsets may
     * be left out, as in a copy of a compacted log.
     *
     * @param nowMs the time of day, by which segments age
     * @throws IllegalArgumentException when a batch begins before the one ahead of it ends; then nothing is written
     */
    public void append(List<Pending> batches, long nowMs) throws IOException {
        long expected = logEndOffset();
        for (Pending batch : batches) {
            if (batch.header().baseOffset() < expected) {
                throw new IllegalArgumentException(
                        "batch of offset " + batch.header().baseOffset() + " cannot follow, the log " + directory
                                + " continues at " + expected);
            }
            expected = batch.header().nextOffset();
        }
        int from = 0;
        while (from < batches.size()) {
            Segment active = segmentFor(batches.get(from), nowMs);
            long size = active.extent().size();
            int to = from;
            do {
                size += batches.get(to).header().sizeInBytes();
                to++;
            } while (to < batches.size() && size + batches.get(to).header().sizeInBytes() <= config.segmentBytes());
            active.append(batches.subList(from, to), nowMs);
            from = to;
        }
    }

    /**
     * Leaves the offsets up to {@code offset} without records, as where another replica has compacted or trimmed them
     * away. Empty batches stand for them, so that the log's end outlasts a restart.
     *
     * @param leaderEpoch epoch of the batches that were there
     */
    public void skipTo(long offset, int leaderEpoch, long nowMs) throws IOException {
        for (long from = logEndOffset(); from < offset; from = logEndOffset()) {
            long last = Math.min(offset - 1, from + Integer.MAX_VALUE);
            append(List.of(Pending.empty(from, last, leaderEpoch)), nowMs);
        }
    }

    private Segment segmentFor(Pending batch, long nowMs) throws IOException {
        Segment active = segments.open().getLast();
        active.trim();
        long size = active.extent().size();
        boolean full = size + batch.header().sizeInBytes() > config.segmentBytes();
        if (size == 0 || !(full || active.isOlderThan(config.segmentMs(), nowMs))) {
            return active;
        }
        return segments.addAfter(active, config);
    }

    /**
     * Makes durable what was written before the call, file names included.
     *
     * @return the offset below which everything is durable
     * @throws IOException when the disk failed; then nothing more may be claimed durable
     */
    public long flush() throws IOException {
        List<Segment> all = segments.open();
        long end = all.getLast().extent().nextOffset();
        for (Segment segment : all) {
            if (segment.file().retain()) {
                try {
                    segment.flush();
                } finally {
                    segment.file().release();
                }
            }
        }
        // A first segment without batches need not outlast a crash: it is made again.
        boolean vouched = all.size() > 1
                || all.getFirst().baseOffset() > 0
                || all.getFirst().extent().size() > 0;
        if (vouched) {
            segments.syncNames();
        }
        return end;
    }

    /**
     * Removes the batches that reach to {@code offset} or above, for good when this returns.
     *
     * @throws IllegalArgumentException when the offset is below the log's start
     */
    public void truncateTo(long offset) throws IOException {
        segments.requireOpen();
        if (offset >= logEndOffset()) {
            return;
        }
        if (offset < logStartOffset()) {
            throw new IllegalArgumentException("log " + directory + " begins at offset " + logStartOffset()
                    + " and cannot be truncated to " + offset);
        }
        cleaned.moveTo(Math.min(offset, cleaned.offset()));
        segments.truncateTo(offset);
    }

    /**
     * Deletes the segments whose batches all lie below {@code offset}; the newest segment stays unless the offset is at
     * or above the log's end: then the log begins anew at the offset. Readers in flight keep their files.
     */
    public void trimTo(long offset) throws IOException {
        if (offset >= logEndOffset()) {
            if (offset > logStartOffset() || sizeInBytes() > 0) {
                restartAt(offset);
            }
            return;
        }
        segments.trimTo(offset);
    }

    /** What is known of each segment, oldest first. */
    public List<SegmentFacts> facts() {
        return segments.all().stream().map(Segment::facts).toList();
    }

    /** Closes the newest segment, so that it may be deleted or compacted, unless it is empty. */
    public void roll() throws IOException {
        Segment active = segments.open().getLast();
        active.trim();
        if (active.extent().size() > 0) {
            segments.addAfter(active, config);
        }
    }

    /**
     * Removes everything and begins anew at {@code offset}, say before a copy of another replica's log. When that fails
     * the log is closed.
     */
    public void restartAt(long offset) throws IOException {
        segments.requireOpen();
        cleaned.moveTo(0);
        segments.restartAt(offset, config);
        flush();
    }

    /** The offset of the first record, or of the next one when there is none. */
    public long logStartOffset() {
        return segments.all().getFirst().baseOffset();
    }

    /** The offset that the next record gets. */
    public long logEndOffset() {
        return segments.all().getLast().extent().nextOffset();
    }

    /** Bytes of all batches. */
    public long sizeInBytes() {
        long size = 0;
        for (Segment segment : segments.all()) {
            size += segment.extent().size();
        }
        return size;
    }

    /** Number of segment files. */
    public int segments() {
        return segments.all().size();
    }

    /**
     * Whole batches from the one that holds {@code offset}, or follows it when it lies in a gap, all of one segment and
     * all below {@code upperOffset}. Empty when there is none, or when the first is larger than {@code maxBytes} and
     * {@code atLeastOne} is not set.
     *
     * @return to be released by the caller
     * @throws IllegalArgumentException when the offset is below the log's start
     */
    public LogSlice slice(long offset, long upperOffset, int maxBytes, boolean atLeastOne) throws IOException {
        return sliceOf(offset, upperOffset, maxBytes, atLeastOne);
    }

    FileSlice sliceOf(long offset, long upperOffset, int maxBytes, boolean atLeastOne) throws IOException {
        return reads.slice(offset, upperOffset, maxBytes, atLeastOne);
    }

    /**
     * Visits the batches from the one that holds or follows {@code fromOffset}, as long as they begin below {@code
     * toOffset}.
     */
    public void scan(long fromOffset, long toOffset, BatchVisitor visitor) throws IOException {
        reads.scan(Math.max(fromOffset, logStartOffset()), Math.min(toOffset, logEndOffset()), visitor);
    }

    /**
     * The bytes of the batch that begins at {@code baseOffset}, checked against its CRC.
     *
     * @throws IllegalArgumentException when no batch begins there
     */
    public ByteBuffer readBatch(long baseOffset) throws IOException {
        if (baseOffset >= logEndOffset()) {
            throw new IllegalArgumentException(
                    "no batch begins at offset " + baseOffset + ", the log ends at " + logEndOffset());
        }
        return reads.in(baseOffset, segment -> segment.readBatch(baseOffset));
    }

    /**
     * The first record at or after a timestamp; NONE when there is none.
     *
     * @param fromOffset records below do not count, as those below the log start
     * @param upperOffset records at or above do not count
     */
    public TimestampOffset find(long timestampMs, long fromOffset, long upperOffset) throws IOException {
        return new TimeQueries(this, reads).find(timestampMs, fromOffset, upperOffset);
    }

    /**
     * The first record with the largest timestamp (KIP-734); NONE when no record has one.
     *
     * @param fromOffset records below do not count, as those below the log start
     * @param upperOffset batches that reach above do not count
     */
    public TimestampOffset findMaxTimestamp(long fromOffset, long upperOffset) throws IOException {
        return new TimeQueries(this, reads).findMaxTimestamp(fromOffset, upperOffset);
    }

    /**
     * Begins a segment to replace those between two offsets, at which segments begin and end.
     *
     * @return empty when there are none such, or one of them is still written to
     */
    public Optional<Replacement> replacement(long fromOffset, long toOffset) throws IOException {
        return new SegmentSwap(files, directory).begin(this, segments.open(), fromOffset, toOffset, index, config);
    }

    /** Puts {@code next} in the place of {@code old}; see {@link Replacement}. */
    boolean swap(List<Segment> old, Segment next) throws IOException {
        return segments.swap(old, next);
    }

    /** The offset up to which the log has been compacted, 0 when it never was. */
    public long cleanedTo() {
        return cleaned.offset();
    }

    /** Remembers how far the log has been compacted, durable on return. */
    public void cleanedTo(long offset) throws IOException {
        cleaned.moveTo(offset);
    }

    /**
     * Reads the segments whose index entries are missing, say because the index was lost, and gives them to the index
     * again. For one thread, beside everything else.
     *
     * @param pace is told how many bytes were passed, and may wait
     * @return whether anything was missing
     * @throws CorruptLogException when a segment is damaged
     */
    public boolean restoreIndex(LongConsumer pace) throws IOException {
        return segments.restoreIndex(pace);
    }

    /**
     * Reads the closed segments and checks each batch that lies below {@code upperOffset}. Segments that are trimmed or
     * replaced meanwhile are passed over. For one thread, beside everything else.
     *
     * @param goOn is told how many bytes were read, and may wait; false ends it
     * @return whether it came to its end
     * @throws CorruptLogException when a segment is damaged or its file is gone
     */
    public boolean verifyClosed(long upperOffset, LongPredicate goOn) throws IOException {
        return SegmentScrub.ofClosed(segments, upperOffset, goOn);
    }

    /** Gives up the files; those of slices stay open until these are released. Does not flush. */
    @Override
    public void close() throws IOException {
        segments.close();
    }

    /**
     * Makes all durable, writes down that it is, and closes: the next open then reads no segment.
     *
     * @throws IOException when the disk failed; the log is closed, and the next open looks into the segments
     */
    public void closeCleanly() throws IOException {
        try {
            segments.all().getLast().trim();
            flush();
            CleanShutdown.write(files, directory, segments.all());
        } finally {
            close();
        }
    }

    /** Closes the log and deletes its files and its index. */
    public void deleteAll() throws IOException {
        cleaned.delete();
        segments.deleteAll();
    }
}
