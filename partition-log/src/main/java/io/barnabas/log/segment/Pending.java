package io.barnabas.log.segment;

import io.barnabas.log.rules.BatchHeader;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.RecordBatch;

/**
 * A batch to be written.
 *
 * @param header its header with the offset and epoch that it gets in the log
 * @param bytes the whole batch, as it came, in one or more pieces. Offset, length and epoch at its beginning are not
 *     taken from here but from the header. The buffers' positions do not move
 */
public record Pending(BatchHeader header, List<ByteBuffer> bytes) {

    public Pending {
        bytes = List.copyOf(bytes);
        long size = 0;
        for (ByteBuffer piece : bytes) {
            size += piece.remaining();
        }
        if (size != header.sizeInBytes()) {
            throw new IllegalArgumentException(
                    "the batch's header says " + header.sizeInBytes() + " bytes, " + size + " are there");
        }
    }

    /** A batch in one piece. */
    public static Pending of(BatchHeader header, ByteBuffer bytes) {
        return new Pending(header, List.of(bytes));
    }

    /** A batch without records that spans offsets, as compaction leaves behind. */
    public static Pending empty(long baseOffset, long lastOffset, int leaderEpoch) {
        ByteBuffer bytes = ByteBuffer.allocate(BatchHeader.SIZE);
        DefaultRecordBatch.writeEmptyHeader(
                bytes,
                RecordBatch.CURRENT_MAGIC_VALUE,
                RecordBatch.NO_PRODUCER_ID,
                RecordBatch.NO_PRODUCER_EPOCH,
                RecordBatch.NO_SEQUENCE,
                baseOffset,
                lastOffset,
                leaderEpoch,
                TimestampType.CREATE_TIME,
                RecordBatch.NO_TIMESTAMP,
                false,
                false);
        bytes.rewind();
        return of(BatchHeader.parse(bytes, 0), bytes);
    }

    /** Adds the buffers to be written to {@code into}; {@code prefix} has room for {@link BatchHeader#PREFIX} bytes. */
    void gather(ByteBuffer prefix, List<ByteBuffer> into) {
        header.writePrefix(prefix, 0);
        into.add(prefix);
        int skip = BatchHeader.PREFIX;
        for (ByteBuffer piece : bytes) {
            int skipped = Math.min(skip, piece.remaining());
            skip -= skipped;
            if (piece.remaining() > skipped) {
                into.add(piece.slice(piece.position() + skipped, piece.remaining() - skipped));
            }
        }
    }
}
