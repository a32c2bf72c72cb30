package io.barnabas.log.segment;

import io.barnabas.log.rules.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Walks the batch headers of a segment file. Small batches are read a page at a time, one read for many, and longer
 * pages when there is no end to them; behind a large batch only the next header is read. The caller holds the file.
 */
final class HeaderCursor {

    private static final int PAGE = 4096;
    private static final int LONG_PAGE = 8 * PAGE;

    private final SegmentFile file;
    private final long limit;
    private ByteBuffer page = ByteBuffer.allocate(PAGE).limit(0);
    private long pageStart;
    private long next;
    private long position = -1;
    private int smallReads;

    /**
     * @param position where a batch begins
     * @param limit where the last batch ends
     */
    HeaderCursor(SegmentFile file, long position, long limit) {
        this.file = file;
        this.next = position;
        this.limit = limit;
    }

    /** Where the batch last given begins. */
    long position() {
        return position;
    }

    /** Where the batch after the one last given begins. */
    long nextPosition() {
        return next;
    }

    /**
     * The next header, or null at the limit.
     *
     * @throws CorruptLogException when no batch can stand there
     */
    BatchHeader next() throws IOException {
        if (next >= limit) {
            return null;
        }
        Optional<BatchHeader> header = peek();
        if (header.isEmpty()) {
            throw new CorruptLogException(
                    file.path(), next, "only " + (limit - next) + " bytes are left, too few for a batch header");
        }
        Optional<String> fault = faultOf(header.get());
        if (fault.isPresent()) {
            throw new CorruptLogException(file.path(), next, fault.get());
        }
        position = next;
        next += header.get().sizeInBytes();
        return header.get();
    }

    /** What stands where the next batch must begin, unchecked; empty when too few bytes are left. */
    Optional<BatchHeader> peek() throws IOException {
        if (limit - next < BatchHeader.SIZE) {
            return Optional.empty();
        }
        long at = next - pageStart;
        if (at < 0 || at + BatchHeader.SIZE > page.limit()) {
            int wanted = bytesToRead();
            page.clear().limit((int) Math.min(wanted, limit - next));
            int read = file.read(page, next);
            page.flip();
            pageStart = next;
            at = 0;
            if (read < BatchHeader.SIZE) {
                return Optional.empty();
            }
        }
        return Optional.of(BatchHeader.parse(page, (int) at));
    }

    private int bytesToRead() {
        if (position >= 0 && next - position >= PAGE) {
            return BatchHeader.SIZE;
        }
        if (++smallReads == 3) {
            page = ByteBuffer.allocate(LONG_PAGE);
        }
        return page.capacity();
    }

    /** Why a header that stands at the next position cannot be one of a stored batch. */
    Optional<String> faultOf(BatchHeader header) {
        return faultOf(header, limit - next);
    }

    /** The same, where so many bytes are left. */
    static Optional<String> faultOf(BatchHeader header, long left) {
        if (header.magic() != BatchHeader.MAGIC) {
            return Optional.of("a batch of format " + header.magic() + " stands there, expected is 2");
        }
        if (header.sizeInBytes() < BatchHeader.SIZE || header.sizeInBytes() > left) {
            return Optional.of("a batch says it has " + (header.sizeInBytes() & 0xFFFF_FFFFL) + " bytes, the file has "
                    + left + " left");
        }
        // Compaction removes records, and keeps an empty batch for what its header tells.
        if (header.recordCount() < 0
                || header.lastOffsetDelta() < 0
                || header.recordCount() - 1 > header.lastOffsetDelta()
                || header.nextOffset() < 0) {
            return Optional.of(
                    "a batch of " + header.recordCount() + " records spans offsets 0 to " + header.lastOffsetDelta());
        }
        return Optional.empty();
    }
}
