package io.barnabas.log.segment;

import io.barnabas.log.index.IndexEntry;
import io.barnabas.log.index.IndexSink;
import io.barnabas.log.index.SegmentMark;
import io.barnabas.log.rules.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * Opens the segment files of a log and finds where its whole batches end. Batches below the recovery offset were made
 * durable before: they are believed by their headers, and a fault among them is an error. From the recovery offset on
 * a crash may have left anything, so each batch must come after the one before and bear its CRC; at the first that
 * does not the log is cut. Segments join without a gap, while within one compaction leaves gaps.
 */
final class SegmentRecovery {

    private static final Pattern NAME = Pattern.compile("(\\d{20})\\.log");
    private static final int CHUNK = 1 << 16;

    private final SegmentFiles files;
    private final Path directory;
    private final SegmentLogConfig config;
    private final IndexSink index;
    private final long recoveryOffset;
    private final List<Segment> segments = new ArrayList<>();
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    private long batchesChecked;
    private Optional<RecoveryReport.Cut> cut = Optional.empty();
    private Optional<CleanShutdown> clean = Optional.empty();

    SegmentRecovery(SegmentFiles files, Path directory, SegmentLogConfig config, IndexSink index, long recoveryOffset) {
        this.files = files;
        this.directory = directory;
        this.config = config;
        this.index = index;
        this.recoveryOffset = recoveryOffset;
    }

    static Path fileOf(Path directory, long baseOffset) {
        return directory.resolve(String.format(Locale.ROOT, "%020d.log", baseOffset));
    }

    /** The open segments, oldest first; none when the directory has none. */
    List<Segment> run() throws IOException {
        if (files.list(directory).isEmpty()) {
            forgetIndexBeyondEnd();
            return segments;
        }
        new SwapRecovery(files, directory).run();
        List<Long> bases = bases();
        boolean marked = readCleanShutdown(bases);
        try {
            for (int i = 0; i < bases.size() && cut.isEmpty(); i++) {
                recover(bases, i);
            }
            forgetIndexBeyondEnd();
            if (marked) {
                CleanShutdown.remove(files, directory);
            }
        } catch (IOException | RuntimeException e) {
            for (Segment segment : segments) {
                segment.file().release();
            }
            throw e;
        }
        return segments;
    }

    /** Whether there is anything to be removed, of use or not. */
    private boolean readCleanShutdown(List<Long> bases) throws IOException {
        Optional<CleanShutdown> found = CleanShutdown.read(files, directory);
        if (found.isPresent() && found.get().isOf(directory, bases)) {
            clean = found;
        }
        return CleanShutdown.exists(files, directory);
    }

    RecoveryReport report() {
        return new RecoveryReport(clean.isPresent(), batchesChecked, cut);
    }

    private List<Long> bases() throws IOException {
        return files.list(directory).stream()
                .map(file -> NAME.matcher(file.getFileName().toString()))
                .filter(Matcher::matches)
                .map(name -> Long.parseLong(name.group(1)))
                .sorted()
                .toList();
    }

    private void recover(List<Long> bases, int i) throws IOException {
        long base = bases.get(i);
        Path path = fileOf(directory, base);
        long expected = segments.isEmpty() ? base : segments.getLast().extent().nextOffset();
        if (base != expected) {
            String gap = "the log before it ends at offset " + expected;
            if (expected < recoveryOffset) {
                throw new CorruptLogException(path, 0, gap);
            }
            Segment last = segments.getLast();
            cut(last, last.extent(), sizes(bases, i), gap);
            deleteFrom(bases, i);
            return;
        }
        SegmentFile file = new SegmentFile(files, path);
        Segment segment = new Segment(base, file, index, config, Extent.empty(base), firstAppendMs(path, base));
        segments.add(segment);
        long size = file.size();
        long nextBase = i + 1 < bases.size() ? bases.get(i + 1) : Long.MAX_VALUE;
        if (clean.isPresent()) {
            segment.resume(clean.get().extentOf(base, path, size));
            segment.entries().startAt(size);
            believeMark(segment, size, nextBase);
            return;
        }
        if (index.restoredLater() && nextBase <= recoveryOffset && isBelieved(segment, size, nextBase)) {
            return;
        }
        Extent whole =
                segment.startFor(Math.min(recoveryOffset, nextBase) - 1, new Extent(size, Long.MAX_VALUE, -1, -1));
        segment.entries().startAt(whole.size());
        boolean complete = whole.size() == 0
                || index.markOf(base)
                        .filter(mark -> !mark.closed() || isBorneOut(mark, size, nextBase))
                        .isPresent();
        SegmentIndex.State begun = segment.entries().state();
        Optional<String> fault = Optional.empty();
        HeaderCursor cursor = new HeaderCursor(file, whole.size(), size);
        while (fault.isEmpty() && whole.size() < size) {
            fault = faultOfNext(file, cursor, whole, size);
            if (fault.isEmpty()) {
                BatchHeader header = cursor.next();
                segment.dueEntry(whole, header).ifPresent(index::restore);
                whole = segment.plus(whole, header);
            }
        }
        if (fault.isPresent()) {
            if (whole.nextOffset() < recoveryOffset) {
                throw new CorruptLogException(path, whole.size(), fault.get());
            }
            cut(segment, whole, size - whole.size() + sizes(bases, i + 1), fault.get());
            deleteFrom(bases, i + 1);
        } else {
            segment.resume(whole);
        }
        if (whole.nextOffset() > recoveryOffset) {
            // The page cache may have it from a process that crashed before it was synced.
            segment.touch();
        }
        if (complete) {
            segment.entries().completed(begun, segment.extent());
        }
        if (i + 1 < bases.size() && fault.isEmpty()) {
            segment.seal();
        }
    }

    private long firstAppendMs(Path path, long base) throws IOException {
        return clean.isPresent() ? clean.get().firstAppendMs(base) : files.createdMs(path);
    }

    /**
     * Spares reading a closed segment that was durable before. Without a mark in the index that tells how far it
     * reaches, the segment behind it and the file's size do; whoever restores its index entries reads it later.
     */
    private boolean isBelieved(Segment segment, long size, long nextBase) throws IOException {
        SegmentIndex.State now = segment.entries().state();
        Optional<SegmentMark> mark = index.markOf(segment.baseOffset()).filter(SegmentMark::closed);
        if (mark.isPresent()) {
            if (!isBorneOut(mark.get(), size, nextBase)) {
                return false;
            }
            segment.resume(Extent.of(mark.get()));
            segment.entries().completeSince(now, true);
            return true;
        }
        HeaderCursor cursor = new HeaderCursor(segment.file(), 0, size);
        Optional<BatchHeader> first = cursor.peek();
        if (first.isEmpty() || cursor.faultOf(first.get()).isPresent()) {
            return false;
        }
        segment.resume(Extent.unread(size, nextBase));
        segment.seal();
        return true;
    }

    /** How far the segment reaches is known; its mark tells whether all its entries are in the index. */
    private void believeMark(Segment segment, long size, long nextBase) {
        SegmentIndex.State now = segment.entries().state();
        boolean closed = nextBase < Long.MAX_VALUE;
        boolean complete = index.markOf(segment.baseOffset())
                .filter(mark -> closed ? isBorneOut(mark, size, nextBase) : !mark.closed())
                .isPresent();
        if (complete) {
            segment.entries().completeSince(now, closed);
        } else if (closed) {
            segment.seal();
        }
    }

    private static boolean isBorneOut(SegmentMark mark, long size, long nextBase) {
        return mark.size() == size && mark.nextOffset() == nextBase;
    }

    private Optional<String> faultOfNext(SegmentFile file, HeaderCursor cursor, Extent whole, long size)
            throws IOException {
        Optional<BatchHeader> next = cursor.peek();
        if (next.isEmpty()) {
            return Optional.of("only " + (size - whole.size()) + " bytes are left, too few for a batch header");
        }
        BatchHeader header = next.get();
        Optional<String> fault = cursor.faultOf(header);
        if (fault.isPresent()) {
            return fault;
        }
        if (header.baseOffset() < whole.nextOffset()) {
            return Optional.of("a batch of offset " + header.baseOffset() + " stands where offset " + whole.nextOffset()
                    + " or a higher one must follow");
        }
        if (header.baseOffset() >= recoveryOffset) {
            batchesChecked++;
            if (crcOf(file, whole.size(), header.sizeInBytes()) != header.crc()) {
                return Optional.of("the CRC of the batch at offset " + header.baseOffset() + " is wrong");
            }
        }
        return Optional.empty();
    }

    /** Reads in chunks: before the CRC is known the size may be a lie of a gigabyte. */
    private int crcOf(SegmentFile file, long position, int size) throws IOException {
        CRC32C crc = new CRC32C();
        long at = position + BatchHeader.ATTRIBUTES_AT;
        long end = position + size;
        while (at < end) {
            chunk.clear().limit((int) Math.min(CHUNK, end - at));
            int read = file.read(chunk, at);
            if (read <= 0) {
                throw new CorruptLogException(file.path(), at, "the file became shorter while it was read");
            }
            crc.update(chunk.flip());
            at += read;
        }
        return (int) crc.getValue();
    }

    private void cut(Segment segment, Extent whole, long droppedBytes, String reason) throws IOException {
        segment.truncateTo(whole);
        cut = Optional.of(
                new RecoveryReport.Cut(segment.file().path(), whole.size(), whole.nextOffset(), droppedBytes, reason));
    }

    private void deleteFrom(List<Long> bases, int first) throws IOException {
        for (int i = bases.size() - 1; i >= first; i--) {
            files.delete(fileOf(directory, bases.get(i)));
        }
        files.syncDirectory(directory);
    }

    private long sizes(List<Long> bases, int first) throws IOException {
        long sum = 0;
        for (int i = first; i < bases.size(); i++) {
            SegmentFile file = new SegmentFile(files, fileOf(directory, bases.get(i)));
            sum += file.size();
            file.release();
        }
        return sum;
    }

    /** The index may know batches that were cut, or that the file system has lost with the power. */
    private void forgetIndexBeyondEnd() {
        long end = segments.isEmpty() ? 0 : segments.getLast().extent().nextOffset();
        Optional<IndexEntry> last = index.floor(Long.MAX_VALUE);
        if (last.isPresent() && last.get().offset() >= end) {
            index.truncate(end);
        }
    }
}
