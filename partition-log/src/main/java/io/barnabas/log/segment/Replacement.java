package io.barnabas.log.segment;

import io.barnabas.log.index.IndexEntry;
import io.barnabas.log.index.IndexSink;
import io.barnabas.log.rules.BatchHeader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One segment to take the place of several neighbours, of which compaction has left less.
 *
 * <pre>
 *   append  -&gt; N.log.cleaned    all that was left          a crash: recovery deletes it
 *   finish  -&gt; N.log.cleaned    durable
 *   commit  -&gt; N.log.swap       the name durable           a crash from here on: recovery completes the swap
 *           -&gt; N.log            the old segments deleted, the new one in place of the first
 * </pre>
 *
 * <p>For one thread; {@link #commit} when nobody else changes the log.
 */
public final class Replacement implements Closeable {

    private static final int BUFFER = 1 << 20;

    private final SegmentLog log;
    private final List<Segment> old;
    private final IndexSink index;
    private final SegmentFile file;
    private final Segment segment;
    private final List<IndexEntry> entries = new ArrayList<>();
    private ByteBuffer buffer;
    private long written;
    private boolean committed;
    private final SegmentIndex.State begun;

    /**
     * @param old neighbours, not the last segment of the log
     * @param file empty
     * @param segment of that file, beginning where the first of {@code old} does
     */
    Replacement(SegmentLog log, List<Segment> old, IndexSink index, SegmentFile file, Segment segment) {
        this.log = log;
        this.old = old;
        this.index = index;
        this.file = file;
        this.segment = segment;
        long bytes = old.stream().mapToLong(each -> each.extent().size()).sum();
        this.buffer = ByteBuffer.allocate((int) Math.min(BUFFER, bytes));
        this.begun = segment.entries().state();
    }

    /** Adds one whole batch; its bytes are copied. */
    public void append(ByteBuffer batch) throws IOException {
        if (batch.remaining() > buffer.remaining()) {
            writeBuffer();
            if (batch.remaining() > buffer.capacity()) {
                buffer = ByteBuffer.allocate(batch.remaining());
            }
        }
        BatchHeader header = BatchHeader.parse(batch, batch.position());
        Extent before = segment.extent();
        segment.dueEntry(before, header).ifPresent(entries::add);
        segment.resume(before.plus(header, Segment.timestampOf(header, batch)));
        buffer.put(batch.duplicate());
    }

    private void writeBuffer() throws IOException {
        buffer.flip();
        file.write(new ByteBuffer[] {buffer}, written);
        written += buffer.limit();
        buffer.clear();
    }

    /** Bytes of all batches added. */
    public long sizeInBytes() {
        return segment.extent().size();
    }

    /**
     * Makes it durable; nothing can be added any more.
     *
     * @throws IllegalStateException when it does not end where the old segments end
     */
    public void finish() throws IOException {
        long end = old.getLast().extent().nextOffset();
        if (segment.extent().nextOffset() != end) {
            throw new IllegalStateException("the replacement " + file.path() + " ends at offset "
                    + segment.extent().nextOffset() + ", the segments that it replaces at " + end);
        }
        writeBuffer();
        buffer = ByteBuffer.allocate(0);
        file.force();
        old.forEach(segment -> segment.entries().replace());
        // Positions in the old files must not outlive these, not even when the power goes.
        index.removeSegments(old.getFirst().baseOffset(), end);
    }

    /**
     * Takes the old segments' place; readers in flight keep their files.
     *
     * @return false when the old segments are not there any more
     * @throws IOException when the files are in an unknown state: the log must be opened again
     */
    public boolean commit() throws IOException {
        // If this fails half-way, only recovery knows which files count.
        committed = true;
        committed = log.swap(old, segment);
        return committed;
    }

    /** Makes the new segment's batches quick to find. */
    public void index() {
        entries.forEach(index::restore);
        segment.seal();
        segment.entries().completed(begun, segment.extent());
    }

    /** Gives it up unless it was committed. */
    @Override
    public void close() throws IOException {
        if (!committed) {
            try {
                file.delete();
            } finally {
                file.release();
            }
        }
    }
}
