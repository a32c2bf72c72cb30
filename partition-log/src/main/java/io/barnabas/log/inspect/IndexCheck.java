package io.barnabas.log.inspect;

import io.barnabas.log.index.IndexEntry;
import io.barnabas.log.index.IndexReader;
import io.barnabas.log.index.SegmentMark;
import io.barnabas.log.rules.BatchHeader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Holds a partition's index entries against its segments, both in the order of offsets, so that neither is ever in memory
 * as a whole. Missing entries are no fault, the index is sparse and restored by itself.
 */
final class IndexCheck implements Closeable {

    private final Path index;
    private final Consumer<Finding> findings;
    private final IndexReader reader;
    private final IndexReader.Cursor<IndexEntry> offsets;
    private final IndexReader.Cursor<IndexEntry> times;
    private final IndexReader.Cursor<SegmentMark> marks;
    private long firstBase = -1;
    private long segmentBase;
    private long maxTimestamp;
    private long maxTimestampOffset;
    private boolean broken;

    IndexCheck(Path index, UUID partition, Consumer<Finding> findings) throws IOException {
        this.index = index;
        this.findings = findings;
        this.reader = IndexReader.open(index);
        this.offsets = reader.offsets(partition);
        this.times = reader.times(partition);
        this.marks = reader.marks(partition);
    }

    void segment(long base) throws IOException {
        if (firstBase < 0) {
            firstBase = base;
        }
        segmentBase = base;
        maxTimestamp = -1;
        maxTimestampOffset = -1;
        passOver(base, base);
        broken = false;
    }

    /** The next batch of the segment. */
    void batch(BatchHeader header, long position, long timestamp) throws IOException {
        long offset = header.baseOffset();
        passOver(offset, segmentBase);
        broken = false;
        for (Optional<IndexEntry> at = offsets.current(); at.isPresent(); at = offsets.current()) {
            if (at.get().offset() != offset) {
                break;
            }
            hold(at.get(), position, "offset");
            offsets.advance();
        }
        for (Optional<IndexEntry> at = times.current(); at.isPresent(); at = times.current()) {
            if (at.get().segmentBase() != segmentBase || at.get().offset() != offset) {
                break;
            }
            hold(at.get(), position, "time");
            times.advance();
        }
        if (timestamp > maxTimestamp) {
            maxTimestamp = timestamp;
            maxTimestampOffset = offset;
        }
    }

    /** Nothing is known of what stood here: entries of it are not looked at. */
    void unreadable() {
        broken = true;
    }

    private void hold(IndexEntry entry, long position, String kind) {
        IndexEntry right = new IndexEntry(entry.offset(), segmentBase, position, maxTimestamp, maxTimestampOffset);
        if (!entry.equals(right)) {
            wrong(entry.offset(), "the " + kind + " entry is " + told(entry) + ", the segment says " + told(right));
        }
    }

    private static String told(IndexEntry entry) {
        return "segment " + entry.segmentBase() + " position " + entry.position() + ", largest timestamp before it "
                + entry.maxTimestamp() + " at offset " + entry.maxTimestampOffset();
    }

    private void passOver(long offset, long base) throws IOException {
        for (Optional<IndexEntry> at = offsets.current();
                at.isPresent() && at.get().offset() < offset;
                at = offsets.current()) {
            stray(at.get(), "offset");
            offsets.advance();
        }
        for (Optional<IndexEntry> at = times.current(); at.isPresent(); at = times.current()) {
            IndexEntry entry = at.get();
            boolean before = entry.segmentBase() < base || (entry.segmentBase() == base && entry.offset() < offset);
            if (!before) {
                break;
            }
            stray(entry, "time");
            times.advance();
        }
    }

    private void stray(IndexEntry entry, String kind) {
        if (entry.segmentBase() < firstBase) {
            note(entry.offset(), "the " + kind + " entry is left over from a segment that was trimmed");
        } else if (!broken) {
            wrong(entry.offset(), "the " + kind + " entry says " + told(entry) + ", no batch begins there");
        }
    }

    /** The segment is read to its end. */
    void segmentEnd(long size, long nextOffset, boolean whole) throws IOException {
        for (Optional<SegmentMark> at = marks.current();
                at.isPresent() && at.get().segmentBase() <= segmentBase;
                at = marks.current()) {
            SegmentMark mark = at.get();
            if (mark.segmentBase() == segmentBase && mark.closed() && whole) {
                hold(mark, new SegmentMark(segmentBase, size, nextOffset, maxTimestamp, maxTimestampOffset));
            }
            marks.advance();
        }
        broken = !whole;
    }

    private void hold(SegmentMark mark, SegmentMark right) {
        if (mark.size() != right.size() || mark.nextOffset() != right.nextOffset()) {
            // Whoever opens the log sees that, and reads the segment.
            findings.accept(new Finding(
                    Severity.WARNING,
                    index,
                    -1,
                    segmentBase,
                    "the index takes segment " + segmentBase + " for one of " + mark.size() + " bytes up to offset "
                            + mark.nextOffset() + ", it has " + right.size() + " up to " + right.nextOffset()));
        } else if (!mark.equals(right)) {
            wrong(
                    segmentBase,
                    "the index says that the largest timestamp of segment " + segmentBase + " is "
                            + mark.maxTimestamp() + " at offset " + mark.maxTimestampOffset() + ", it is "
                            + right.maxTimestamp() + " at " + right.maxTimestampOffset());
        }
    }

    /** The log is read to its end. */
    void end(long endOffset) throws IOException {
        if (firstBase < 0) {
            firstBase = 0;
        }
        for (Optional<IndexEntry> at = offsets.current(); at.isPresent(); at = offsets.current()) {
            afterEnd(at.get(), endOffset, "offset");
            offsets.advance();
        }
        for (Optional<IndexEntry> at = times.current(); at.isPresent(); at = times.current()) {
            afterEnd(at.get(), endOffset, "time");
            times.advance();
        }
    }

    private void afterEnd(IndexEntry entry, long endOffset, String kind) {
        if (entry.offset() >= endOffset) {
            note(entry.offset(), "the " + kind + " entry is beyond the log's end, the next start removes it");
        } else {
            stray(entry, kind);
        }
    }

    private void wrong(long offset, String fault) {
        findings.accept(new Finding(Severity.DAMAGE, index, -1, offset, fault));
    }

    private void note(long offset, String fault) {
        findings.accept(new Finding(Severity.NOTE, index, -1, offset, fault));
    }

    @Override
    public void close() throws IOException {
        offsets.close();
        times.close();
        marks.close();
        reader.close();
    }
}
