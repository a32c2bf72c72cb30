package io.barnabas.log.segment;

import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.BatchRules;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.zip.CRC32C;

/**
 * Reads a closed segment from its beginning on, a chunk at a time, and checks the CRC and the order of its batches. The
 * caller holds the file.
 */
final class SegmentScrub {

    private static final int CHUNK = 1 << 18;

    private final SegmentFile file;
    private final Extent extent;
    private final long upperOffset;
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK).limit(0);
    private long chunkStart;
    private long position;
    private long next;
    private int epoch;

    SegmentScrub(Segment segment, long upperOffset) {
        this.file = segment.file();
        this.extent = segment.extent();
        this.upperOffset = upperOffset;
        this.next = segment.baseOffset();
    }

    /**
     * Checks the closed segments of a log, but not those that are trimmed or replaced meanwhile.
     *
     * @param goOn is told how many bytes were read, and may wait; false ends it
     * @return whether it came to its end
     */
    static boolean ofClosed(SegmentList segments, long upperOffset, LongPredicate goOn) throws IOException {
        List<Segment> all = segments.all();
        for (Segment segment : all.subList(0, all.size() - 1)) {
            if (segments.isClosed()) {
                return false;
            }
            if (segment.baseOffset() < upperOffset
                    && segments.all().contains(segment)
                    && segment.file().retain()) {
                try {
                    SegmentScrub scrub = new SegmentScrub(segment, upperOffset);
                    for (long read = scrub.step(); read > 0; read = scrub.step()) {
                        if (!goOn.test(read)) {
                            return false;
                        }
                    }
                    segment.file().expectThere();
                } finally {
                    segment.file().release();
                }
            }
        }
        return !segments.isClosed();
    }

    /**
     * Checks some batches.
     *
     * @return bytes that they have, 0 when all batches below the upper offset are checked
     * @throws CorruptLogException when one is damaged
     */
    long step() throws IOException {
        long begun = position;
        while (position - begun < CHUNK && position < extent.size()) {
            BatchHeader header = header();
            if (header.baseOffset() < next) {
                throw damaged("a batch of offset " + header.baseOffset() + " stands where offset " + next
                        + " or a higher one must follow");
            }
            if (header.partitionLeaderEpoch() < epoch) {
                throw damaged("leader epoch " + header.partitionLeaderEpoch() + " follows the newer epoch " + epoch);
            }
            if (header.nextOffset() > extent.nextOffset()) {
                throw damaged("a batch reaches to offset " + header.lastOffset() + ", the segment ends before "
                        + extent.nextOffset());
            }
            if (header.nextOffset() > upperOffset) {
                return position - begun;
            }
            if (crcOf(header.sizeInBytes()) != header.crc()) {
                throw damaged("the CRC of the batch at offset " + header.baseOffset() + " is wrong");
            }
            position += header.sizeInBytes();
            next = header.nextOffset();
            epoch = header.partitionLeaderEpoch();
        }
        if (position > begun && position == extent.size() && next != extent.nextOffset()) {
            throw damaged("the segment ends at offset " + next + " instead of " + extent.nextOffset());
        }
        return position - begun;
    }

    private BatchHeader header() throws IOException {
        if (extent.size() - position < BatchHeader.SIZE) {
            throw damaged("only " + (extent.size() - position) + " bytes are left, too few for a batch header");
        }
        BatchHeader header = BatchHeader.parse(view(position, BatchHeader.SIZE), 0);
        Optional<String> fault = HeaderCursor.faultOf(header, extent.size() - position);
        if (fault.isPresent()) {
            throw damaged(fault.get());
        }
        return header;
    }

    private int crcOf(int size) throws IOException {
        if (size <= CHUNK) {
            return BatchRules.crcOf(view(position, size), 0, size);
        }
        CRC32C crc = new CRC32C();
        long at = position + BatchHeader.ATTRIBUTES_AT;
        long end = position + size;
        while (at < end) {
            int part = (int) Math.min(CHUNK, end - at);
            crc.update(view(at, part));
            at += part;
        }
        return (int) crc.getValue();
    }

    private ByteBuffer view(long at, int length) throws IOException {
        long from = at - chunkStart;
        if (from < 0 || from + length > chunk.limit()) {
            chunk.clear().limit((int) Math.min(CHUNK, extent.size() - at));
            int wanted = chunk.limit();
            int read = file.read(chunk, at);
            chunk.flip();
            chunkStart = at;
            from = 0;
            if (read < wanted && read < length) {
                throw damaged("the file ends at byte " + (at + read) + ", it had " + extent.size());
            }
        }
        return chunk.slice((int) from, length);
    }

    private CorruptLogException damaged(String fault) {
        return new CorruptLogException(file.path(), position, fault);
    }
}
