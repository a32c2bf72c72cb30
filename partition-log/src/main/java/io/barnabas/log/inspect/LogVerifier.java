package io.barnabas.log.inspect;

import io.barnabas.log.StartOffsetFile;
import io.barnabas.log.inspect.ReplicaFiles.SegmentPath;
import io.barnabas.log.inspect.SegmentWalk.Batch;
import io.barnabas.log.inspect.SegmentWalk.Unreadable;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.SegmentFacts;
import io.barnabas.log.segment.LogNotes;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Checks all files of a replica: CRCs, the order of offsets and epochs, names and sizes, that records can be unpacked, and
 * that index, snapshot and the log's own small files agree with the segments. Gaps of offsets within a segment are no
 * fault, compaction makes them; between two segments there is none. What a crash may have torn behind the last snapshot is
 * a note only: the next start cuts it.
 */
public final class LogVerifier {

    private static final Pattern KNOWN =
            Pattern.compile("start-offset|clean-shutdown|cleaned-offset|\\d{20}\\.log(\\.cleaned|\\.swap)?");

    private final ReplicaFiles replica;
    private final boolean inUse;
    private final Consumer<Finding> findings;
    private final SnapshotCheck snapshot;
    private Optional<List<SegmentFacts>> closedWith = Optional.empty();
    private IndexCheck index;
    private long batches;
    private long bytes;

    /** The segment that is being read, and how far. */
    private final class Reading {
        final SegmentPath segment;
        final boolean last;
        long next;
        boolean begun;
        boolean misnamed;
        boolean whole = true;
        boolean sure = true;

        Reading(SegmentPath segment, boolean last) {
            this.segment = segment;
            this.last = last;
            this.next = segment.baseOffset();
        }
    }

    private int epoch = -1;

    /**
     * What was looked at.
     *
     * @param segments number of segment files
     * @param batches number of batches
     * @param bytes bytes of segment files
     * @param withIndex whether index entries were held against them
     */
    public record Summary(int segments, long batches, long bytes, boolean withIndex) {}

    private LogVerifier(ReplicaFiles replica, Consumer<Finding> findings) throws IOException {
        this.replica = replica;
        this.findings = findings;
        this.inUse = replica.isInUse();
        this.snapshot = new SnapshotCheck(replica, findings);
    }

    /**
     * Verifies one replica.
     *
     * @param findings is told of each, in the order of the files
     * @throws IOException when a directory cannot be read at all; a file that cannot be read is a finding
     */
    public static Summary verify(ReplicaFiles replica, Consumer<Finding> findings) throws IOException {
        return new LogVerifier(replica, findings).run();
    }

    private Summary run() throws IOException {
        long start = readSmallFiles();
        List<SegmentPath> segments = replica.segmentFiles();
        boolean withIndex = openIndex();
        try {
            if (replica.only().isEmpty()) {
                checkStart(segments, start);
            }
            long end = start;
            boolean whole = true;
            for (int i = 0; i < segments.size(); i++) {
                Reading reading = read(segments.get(i), i + 1 == segments.size());
                if (reading != null) {
                    end = reading.next;
                    whole = reading.whole && reading.sure;
                    if (!reading.last && reading.whole) {
                        checkJoin(reading, segments.get(i + 1));
                    }
                }
            }
            if (replica.only().isEmpty() && whole) {
                checkEnd(end);
            }
            if (index != null) {
                index.end(end);
            }
        } finally {
            if (index != null) {
                index.close();
            }
        }
        return new Summary(segments.size(), batches, bytes, withIndex);
    }

    /** Gives the log start offset. */
    private long readSmallFiles() throws IOException {
        for (Path file : ReadOnlyFiles.INSTANCE.list(replica.segments())) {
            String name = file.getFileName().toString();
            if (!KNOWN.matcher(name).matches()) {
                findings.accept(Finding.note(file, "no file of a log; it is left alone"));
            } else if (name.endsWith(".cleaned") || name.endsWith(".swap")) {
                findings.accept(Finding.note(
                        file, inUse ? "compaction is at work" : "compaction was interrupted, the next start goes on"));
            }
        }
        if (!inUse && replica.only().isEmpty()) {
            closedWith = LogNotes.closedWith(ReadOnlyFiles.INSTANCE, replica.segments());
        }
        try {
            return StartOffsetFile.read(ReadOnlyFiles.INSTANCE, replica.segments())
                    .offset();
        } catch (IOException e) {
            findings.accept(Finding.damage(replica.segments().resolve("start-offset"), e.getMessage()));
            return Long.MAX_VALUE;
        }
    }

    private boolean openIndex() throws IOException {
        if (replica.index().isEmpty()
                || replica.groupId().isEmpty()
                || replica.only().isPresent()) {
            return false;
        }
        Path directory = replica.index().get();
        if (inUse) {
            findings.accept(Finding.note(directory, "a node runs and has the index open: its entries are left out"));
            return false;
        }
        try {
            index = new IndexCheck(directory, replica.groupId().get(), findings);
            return true;
        } catch (IOException e) {
            findings.accept(Finding.damage(directory, e.getMessage()));
            return false;
        }
    }

    private void checkStart(List<SegmentPath> segments, long start) {
        if (segments.isEmpty()) {
            if (snapshot.highWatermark() > start) {
                findings.accept(Finding.damage(
                        replica.segments(),
                        "there is no segment, though offsets below " + snapshot.highWatermark()
                                + " were committed here"));
            }
            return;
        }
        SegmentPath first = segments.getFirst();
        if (first.baseOffset() > start) {
            findings.accept(new Finding(
                    Severity.DAMAGE,
                    first.file(),
                    -1,
                    start,
                    "the segments from offset " + start + " to " + (first.baseOffset() - 1)
                            + " are missing: the log was trimmed to offset " + start + " only"));
        }
    }

    /** Null when a running node deleted it meanwhile. */
    private Reading read(SegmentPath segment, boolean last) throws IOException {
        Reading reading = new Reading(segment, last);
        try (SegmentWalk walk = new SegmentWalk(segment.file())) {
            bytes += walk.size();
            if (index != null) {
                index.segment(segment.baseOffset());
            }
            for (SegmentWalk.Step step = walk.next(reading.next); step != null; step = walk.next(reading.next)) {
                switch (step) {
                    case Batch batch -> check(reading, batch, batch.end() == walk.size());
                    case Unreadable unreadable -> lost(reading, unreadable);
                }
            }
            checkSize(reading, walk.size());
            if (index != null) {
                index.segmentEnd(walk.size(), reading.next, reading.whole && reading.sure);
            }
        } catch (NoSuchFileException e) {
            if (inUse) {
                return null;
            }
            throw e;
        } catch (IOException e) {
            reading.whole = false;
            findings.accept(Finding.damage(segment.file(), "the file cannot be read: " + e.getMessage()));
        }
        return reading;
    }

    private void lost(Reading reading, Unreadable unreadable) {
        reading.whole = reading.whole && !unreadable.toTheEnd();
        if (index != null) {
            index.unreadable();
        }
        boolean torn = unreadable.toTheEnd() && mayBeTorn(reading);
        findings.accept(new Finding(
                torn ? Severity.NOTE : Severity.DAMAGE,
                reading.segment.file(),
                unreadable.position(),
                reading.next,
                unreadable.fault()
                        + (torn
                                ? "; a crash may leave that, and the next start cuts it"
                                : ", " + unreadable.bytes() + " bytes are lost")));
    }

    /** Behind the last snapshot, and unless the log was closed in good order, the last batches may not be whole. */
    private boolean mayBeTorn(Reading reading) {
        long durable = snapshot.highWatermark();
        return reading.last && closedWith.isEmpty() && reading.next >= durable;
    }

    private void check(Reading reading, Batch batch, boolean atEnd) throws IOException {
        BatchHeader header = batch.header();
        batches++;
        if (batch.bytes().isEmpty()) {
            boolean torn = atEnd && mayBeTorn(reading);
            findings.accept(new Finding(
                    torn ? Severity.NOTE : Severity.DAMAGE,
                    reading.segment.file(),
                    batch.position(),
                    header.baseOffset(),
                    SegmentWalk.wrongCrc(header)
                            + (torn ? "; a crash may leave that, and the next start cuts it" : "")));
        }
        checkOrder(reading, batch);
        long timestamp = header.recordCount() == 0 ? -1 : header.maxTimestamp();
        if (batch.bytes().isPresent()) {
            BatchContent content = BatchContent.of(header, batch.bytes().get(), record -> {});
            timestamp = content.maxTimestamp();
            content.fault().ifPresent(fault -> report(Severity.WARNING, reading, batch, fault));
        }
        if (!reading.misnamed) {
            snapshot.faultOf(header).ifPresent(fault -> damage(reading, batch, fault));
        }
        if (index != null) {
            index.batch(header, batch.position(), timestamp);
        }
    }

    private void checkOrder(Reading reading, Batch batch) {
        BatchHeader header = batch.header();
        if (!reading.begun && header.baseOffset() < reading.next) {
            reading.misnamed = true;
            damage(
                    reading,
                    batch,
                    "the file begins with offset " + header.baseOffset() + ", its name says "
                            + reading.segment.baseOffset());
        } else if (header.baseOffset() < reading.next) {
            damage(
                    reading,
                    batch,
                    "a batch of offset " + header.baseOffset() + " stands where offset " + reading.next
                            + " or a higher one must follow");
        }
        if (!reading.misnamed && header.partitionLeaderEpoch() < epoch) {
            damage(
                    reading,
                    batch,
                    "leader epoch " + header.partitionLeaderEpoch() + " follows the newer epoch " + epoch);
        }
        reading.begun = true;
        // Without its CRC, nothing in the header tells how far the batch reaches.
        reading.sure = batch.bytes().isPresent();
        reading.next = reading.sure ? header.nextOffset() : Math.max(reading.next, header.baseOffset()) + 1;
        epoch = header.partitionLeaderEpoch();
    }

    private void checkSize(Reading reading, long size) {
        closedWith.stream()
                .flatMap(List::stream)
                .filter(facts -> facts.baseOffset() == reading.segment.baseOffset() && facts.sizeInBytes() != size)
                .forEach(facts -> {
                    reading.whole = false;
                    findings.accept(new Finding(
                            Severity.DAMAGE,
                            reading.segment.file(),
                            Math.min(size, facts.sizeInBytes()),
                            reading.next,
                            "the file has " + size + " bytes, it had " + facts.sizeInBytes()
                                    + " when the log was closed"));
                });
    }

    private void checkJoin(Reading reading, SegmentPath following) {
        boolean mayReach = !reading.sure && reading.next < following.baseOffset();
        if (reading.misnamed || mayReach || reading.next == following.baseOffset()) {
            return;
        }
        String fault = reading.next < following.baseOffset()
                ? "offsets " + reading.next + " to " + (following.baseOffset() - 1) + " are missing before this segment"
                : "the segment before reaches to offset " + (reading.next - 1) + ", into this one";
        findings.accept(new Finding(Severity.DAMAGE, following.file(), 0, reading.next, fault));
    }

    private void checkEnd(long end) {
        closedWith.stream()
                .flatMap(List::stream)
                .filter(facts -> facts.baseOffset() >= end && facts.sizeInBytes() > 0)
                .forEach(facts -> findings.accept(Finding.damage(
                        replica.segments(),
                        "the segment of offset " + facts.baseOffset()
                                + " is missing, though it was there when the log was closed")));
        if (end < snapshot.highWatermark()) {
            findings.accept(new Finding(
                    Severity.DAMAGE,
                    replica.segments(),
                    -1,
                    end,
                    "the log ends at offset " + end + " but offsets below " + snapshot.highWatermark()
                            + " were committed here"));
        }
    }

    private void damage(Reading reading, Batch batch, String fault) {
        report(Severity.DAMAGE, reading, batch, fault);
    }

    private void report(Severity severity, Reading reading, Batch batch, String fault) {
        findings.accept(new Finding(
                severity,
                reading.segment.file(),
                batch.position(),
                batch.header().baseOffset(),
                fault));
    }
}
