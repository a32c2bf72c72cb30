package io.barnabas.log.segment;

import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.BatchRules;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads a log in large pieces, each batch checked against its CRC. For one thread. */
public final class BatchReader {

    private final SegmentLog log;
    private final int pieceBytes;
    private ByteBuffer piece;
    private long nextOffset;

    /**
     * Begins at offset 0.
     *
     * @param pieceBytes size of a piece; one with a larger batch is larger
     */
    public BatchReader(SegmentLog log, int pieceBytes) {
        this.log = log;
        this.pieceBytes = pieceBytes;
        this.piece = ByteBuffer.allocate(pieceBytes);
    }

    /** The next piece begins with the batch that holds or follows {@code offset}. */
    public void seek(long offset) {
        nextOffset = offset;
    }

    /**
     * The next batches, whole and all below {@code upperOffset}; empty when there is none.
     *
     * @return valid until the next call
     * @throws CorruptLogException when a batch is not what was written
     */
    public ByteBuffer next(long upperOffset) throws IOException {
        piece.clear().limit(0);
        FileSlice slice = log.sliceOf(nextOffset, upperOffset, pieceBytes, true);
        try {
            if (slice.sizeInBytes() > piece.capacity()) {
                piece = ByteBuffer.allocate(slice.sizeInBytes());
            }
            piece.clear().limit(slice.sizeInBytes());
            slice.readInto(piece);
            piece.flip();
            check(slice);
        } finally {
            slice.release();
        }
        return piece;
    }

    private void check(FileSlice slice) throws IOException {
        int at = 0;
        while (at < piece.limit()) {
            BatchHeader header = BatchHeader.parse(piece, at);
            if (BatchRules.crcOf(piece, at, header.sizeInBytes()) != header.crc()) {
                throw new CorruptLogException(
                        slice.path(),
                        slice.position() + at,
                        "the CRC of the batch at offset " + header.baseOffset() + " is wrong");
            }
            nextOffset = header.nextOffset();
            at += header.sizeInBytes();
        }
    }
}
