package io.barnabas.log.compact;

import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.CleanPlan;
import io.barnabas.log.rules.SegmentFacts;
import io.barnabas.log.segment.BatchReader;
import io.barnabas.log.segment.Replacement;
import io.barnabas.log.segment.SegmentLog;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.CloseableIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts one log at a time.
 *
 * <pre>
 *   fill      the newest offset of each key, from where the last cleaning ended as far as the map has room
 *   rewrite   all segments from the log's start to there, without what the map's records supersede
 *   remember  how far this went, and go on from there with an empty map until the plan is done
 * </pre>
 *
 * <p>A crash loses at most the work of one pass: each segment is replaced in one step, and a pass that is done again
 * finds less to do. For one thread at a time.
 */
public final class LogCleaner {

    private static final Logger LOG = LoggerFactory.getLogger(LogCleaner.class);
    private static final int PIECE = 1 << 20;

    private final long keyMapBytes;
    private final IoThrottle throttle;
    private final BooleanSupplier stopping;
    private final BufferSupplier decompression = BufferSupplier.create();

    /**
     * @param keyMapBytes most memory for keys
     * @param stopping cleaning ends soon after this becomes true
     */
    public LogCleaner(long keyMapBytes, IoThrottle throttle, BooleanSupplier stopping) {
        this.keyMapBytes = keyMapBytes;
        this.throttle = throttle;
        this.stopping = stopping;
    }

    /** What is to be done at a log. */
    public static CleanPlan plan(CleanableLog log, long nowMs) {
        return plan(log, log.finalTo(), nowMs);
    }

    /** What will be to do at a log once it has taken a snapshot. */
    static CleanPlan planAfterSnapshot(CleanableLog log, long nowMs) {
        return plan(log, log.committedTo(), nowMs);
    }

    private static CleanPlan plan(CleanableLog log, long finalTo, long nowMs) {
        SegmentLog segments = log.segments();
        return CleanPlan.of(
                segments.facts(),
                segments.cleanedTo(),
                finalTo,
                nowMs,
                log.config().compaction());
    }

    /**
     * Does what {@code plan} says.
     *
     * @return empty when the log was trimmed or began anew meanwhile, so that a new plan is needed
     * @throws InterruptedIOException when the cleaner is stopping or the log was closed
     * @throws IOException when a disk fails; what was cleaned so far stays so
     */
    public Optional<CleanReport> clean(CleanableLog log, CleanPlan plan, long nowMs) throws IOException {
        Tally tally = new Tally();
        Map<Long, Long> lastOffsets = log.lastOffsets();
        BatchReader reader = new BatchReader(log.segments(), PIECE);
        long from = plan.fromOffset();
        try (KeyMap keys = KeyMap.of(recordsIn(log.segments(), plan), keyMapBytes)) {
            while (from < plan.toOffset()) {
                if (from > plan.fromOffset()) {
                    keys.clear();
                }
                Mapped mapped = fill(keys, reader, from, plan.toOffset());
                Pass pass = new Pass(log, reader, keys, mapped, lastOffsets, nowMs, tally);
                if (!pass.run()) {
                    return Optional.empty();
                }
                tally.passes++;
                remember(log, mapped.to());
                from = mapped.to();
            }
        }
        return Optional.of(tally.report(from));
    }

    private static void remember(CleanableLog log, long offset) throws IOException {
        boolean done = log.exclusively(() -> {
                    log.segments().cleanedTo(offset);
                    return true;
                })
                .orElse(false);
        if (!done) {
            throw stopped();
        }
    }

    /** No log has more keys than records. */
    private static long recordsIn(SegmentLog segments, CleanPlan plan) throws IOException {
        long[] records = new long[1];
        segments.scan(plan.fromOffset(), plan.toOffset(), (header, position) -> records[0] += header.recordCount());
        return records[0];
    }

    /**
     * How far the map went.
     *
     * @param to records below are in the map
     * @param batchEnd where the batch ends that holds the last of them
     */
    private record Mapped(long to, long batchEnd) {}

    private Mapped fill(KeyMap keys, BatchReader reader, long from, long to) throws IOException {
        reader.seek(from);
        long mapped = from;
        while (mapped < to) {
            ByteBuffer piece = read(reader, to);
            if (!piece.hasRemaining()) {
                break;
            }
            for (MutableRecordBatch batch : MemoryRecords.readableRecords(piece).batches()) {
                // Whole batches where possible: then none is in two passes.
                if (keys.size() > 0 && batch.countOrNull() > keys.room()) {
                    return new Mapped(mapped, mapped);
                }
                long full = put(keys, batch, from);
                if (full >= 0) {
                    return new Mapped(full, batch.nextOffset());
                }
                mapped = batch.nextOffset();
            }
        }
        return new Mapped(to, to);
    }

    /** Adds the keys of a batch; gives the offset of the first record for which there is no room, or -1. */
    private long put(KeyMap keys, MutableRecordBatch batch, long from) {
        if (batch.isControlBatch()) {
            return -1;
        }
        try (CloseableIterator<Record> records = batch.streamingIterator(decompression)) {
            while (records.hasNext()) {
                Record record = records.next();
                if (record.offset() >= from && record.hasKey() && !keys.put(record.key(), record.offset())) {
                    return record.offset();
                }
            }
        } catch (RuntimeException e) {
            LOG.debug("batch at offset {} cannot be unpacked, its keys stay unknown", batch.baseOffset(), e);
        }
        return -1;
    }

    private ByteBuffer read(BatchReader reader, long upperOffset) throws IOException {
        if (stopping.getAsBoolean()) {
            throw stopped();
        }
        ByteBuffer piece = reader.next(upperOffset);
        throttle.used(piece.remaining());
        return piece;
    }

    private static InterruptedIOException stopped() {
        return new InterruptedIOException("cleaning was stopped");
    }

    /** What all passes did. */
    private static final class Tally {
        private int passes;
        private long bytesRead;
        private long bytesWritten;
        private long recordsRead;
        private long recordsKept;
        private int segmentsBefore;
        private int segmentsAfter;

        CleanReport report(long cleanedTo) {
            return new CleanReport(
                    cleanedTo,
                    passes,
                    bytesRead,
                    bytesWritten,
                    recordsRead,
                    recordsKept,
                    segmentsBefore,
                    segmentsAfter);
        }
    }

    /** Rewrites the segments with one filling of the map. */
    private final class Pass {

        private final CleanableLog log;
        private final BatchReader reader;
        private final Mapped mapped;
        private final SupersededFilter filter;
        private final Tally tally;

        Pass(
                CleanableLog log,
                BatchReader reader,
                KeyMap keys,
                Mapped mapped,
                Map<Long, Long> lastOffsets,
                long nowMs,
                Tally tally) {
            this.log = log;
            this.reader = reader;
            this.mapped = mapped;
            this.filter = new SupersededFilter(
                    keys,
                    mapped.to(),
                    lastOffsets,
                    nowMs,
                    log.config().compaction().deleteRetentionMs(),
                    decompression);
            this.tally = tally;
        }

        /** False when segments went away meanwhile. */
        boolean run() throws IOException {
            List<List<SegmentFacts>> groups = CleanPlan.groups(
                    log.segments().facts(), mapped.to(), log.config().segments().bytes());
            tally.segmentsBefore = groups.stream().mapToInt(List::size).sum();
            tally.segmentsAfter = groups.size();
            // From the oldest on: a tombstone may only grow old once no older value is left to be read.
            for (List<SegmentFacts> group : groups) {
                if (!rewrite(group)) {
                    return false;
                }
            }
            return true;
        }

        private boolean rewrite(List<SegmentFacts> group) throws IOException {
            long base = group.getFirst().baseOffset();
            long end = group.getLast().nextOffset();
            long unchangedTo = group.size() == 1 ? unchangedTo(base, end) : base;
            if (unchangedTo >= end) {
                return true;
            }
            Optional<Replacement> begun =
                    log.exclusively(() -> log.segments().replacement(base, end)).orElseThrow(LogCleaner::stopped);
            if (begun.isEmpty()) {
                return false;
            }
            try (Replacement replacement = begun.get()) {
                write(base, end, unchangedTo, replacement);
                replacement.finish();
                if (!put(replacement)) {
                    return false;
                }
                replacement.index();
                return true;
            }
        }

        private boolean put(Replacement replacement) throws IOException {
            try {
                return log.exclusively(replacement::commit).orElseThrow(LogCleaner::stopped);
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                log.failed("its compacted segments could not be put in place: " + e.getMessage(), e);
                throw e;
            }
        }

        /** Where the first batch begins of which something would go; the end when nothing would. */
        private long unchangedTo(long base, long end) throws IOException {
            reader.seek(base);
            long records = 0;
            long bytes = 0;
            for (ByteBuffer piece = read(reader, end); piece.hasRemaining(); piece = read(reader, end)) {
                for (ByteBuffer batch : batchesOf(piece)) {
                    BatchHeader header = BatchHeader.parse(batch, 0);
                    boolean dirty = header.baseOffset() < mapped.batchEnd();
                    if (dirty && !filter.apply(batch, end).equals(batch)) {
                        return header.baseOffset();
                    }
                    records += header.recordCount();
                }
                bytes += piece.limit();
            }
            tally.bytesRead += bytes;
            tally.recordsRead += records;
            tally.recordsKept += records;
            return end;
        }

        private void write(long base, long end, long unchangedTo, Replacement replacement) throws IOException {
            reader.seek(base);
            for (ByteBuffer piece = read(reader, end); piece.hasRemaining(); piece = read(reader, end)) {
                long before = replacement.sizeInBytes();
                for (ByteBuffer batch : batchesOf(piece)) {
                    BatchHeader header = BatchHeader.parse(batch, 0);
                    boolean dirty = header.baseOffset() >= unchangedTo && header.baseOffset() < mapped.batchEnd();
                    ByteBuffer kept = dirty ? filter.apply(batch, end) : batch;
                    tally.recordsRead += header.recordCount();
                    if (kept.hasRemaining()) {
                        replacement.append(kept);
                        tally.recordsKept +=
                                BatchHeader.parse(kept, kept.position()).recordCount();
                    }
                }
                tally.bytesRead += piece.limit();
                tally.bytesWritten += replacement.sizeInBytes() - before;
                throttle.used(replacement.sizeInBytes() - before);
            }
        }
    }

    private static List<ByteBuffer> batchesOf(ByteBuffer piece) {
        List<ByteBuffer> batches = new ArrayList<>();
        int at = 0;
        while (at < piece.limit()) {
            int size = BatchHeader.parse(piece, at).sizeInBytes();
            batches.add(piece.slice(at, size));
            at += size;
        }
        return batches;
    }
}
