package io.barnabas.log.segment;

import io.barnabas.log.index.IndexSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Replaces segment files by one other, step by step; {@link SwapRecovery} is what a crash in between is left to. */
final class SegmentSwap {

    private final SegmentFiles files;
    private final Path directory;

    SegmentSwap(SegmentFiles files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    /** Makes the file of a segment that is to replace those between two offsets. */
    Optional<Replacement> begin(
            SegmentLog log, List<Segment> all, long fromOffset, long toOffset, IndexSink index, SegmentLogConfig config)
            throws IOException {
        List<Segment> old = all.subList(0, all.size() - 1).stream()
                .filter(segment -> segment.baseOffset() >= fromOffset && segment.baseOffset() < toOffset)
                .toList();
        if (old.isEmpty()
                || old.getFirst().baseOffset() != fromOffset
                || old.getLast().extent().nextOffset() != toOffset) {
            return Optional.empty();
        }
        SegmentFile file = new SegmentFile(files, SwapRecovery.cleanedOf(directory, fromOffset));
        try {
            file.truncate(0);
        } catch (IOException | RuntimeException e) {
            file.release();
            throw e;
        }
        long firstAppendMs = old.stream()
                .mapToLong(segment -> segment.facts().firstAppendMs())
                .min()
                .orElseThrow();
        Segment next = new Segment(fromOffset, file, index, config, Extent.empty(fromOffset), firstAppendMs);
        return Optional.of(new Replacement(log, old, index, file, next));
    }

    /**
     * Lets {@code next} take the place of {@code old} on the disk.
     *
     * @param publish makes readers see the new segment, once a crash would bring it about too
     */
    void commit(List<Segment> old, Segment next, Runnable publish) throws IOException {
        long base = next.baseOffset();
        try {
            next.file().rename(SwapRecovery.swapOf(directory, base));
            files.syncDirectory(directory);
        } catch (IOException | RuntimeException e) {
            next.file().release();
            throw e;
        }
        publish.run();
        old.getFirst().file().supersede();
        try {
            for (Segment segment : old.subList(1, old.size())) {
                segment.file().delete();
            }
            if (old.size() > 1) {
                files.syncDirectory(directory);
            }
            next.file().rename(SegmentRecovery.fileOf(directory, base));
            files.syncDirectory(directory);
        } finally {
            for (Segment segment : old) {
                segment.file().release();
            }
        }
    }
}
