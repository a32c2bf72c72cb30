package io.barnabas.log.rules;

import io.barnabas.log.rules.BatchCheck.Invalid;
import io.barnabas.log.rules.BatchCheck.Reason;
import io.barnabas.log.rules.BatchCheck.Valid;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What every batch must be before it is stored, whatever its topic asks for. The records inside are not looked at; see
 * {@link BatchIntake}.
 */
public final class BatchRules {

    /** Largest codec number in use: 4 is zstd (KIP-110). */
    private static final int LAST_CODEC = 4;

    /** An uncompressed record has seven fields of at least one byte each. */
    private static final int SMALLEST_RECORD = 7;

    private BatchRules() {}

    /**
     * Checks one batch of a client.
     *
     * @param batch big-endian; from position to limit exactly one batch; neither moves
     * @param maxMessageBytes {@code max.message.bytes}
     */
    public static BatchCheck check(ByteBuffer batch, int maxMessageBytes) {
        int start = batch.position();
        int size = batch.remaining();
        if (size <= BatchHeader.MAGIC_AT) {
            return new Invalid(Reason.CORRUPT, "only " + size + " bytes, too few for a record batch");
        }
        byte magic = batch.get(start + BatchHeader.MAGIC_AT);
        if (magic != BatchHeader.MAGIC) {
            return new Invalid(
                    Reason.UNSUPPORTED_MAGIC, "record format " + magic + " is not taken, only format 2 (Kafka 0.11)");
        }
        if (size < BatchHeader.SIZE) {
            return new Invalid(Reason.CORRUPT, "only " + size + " bytes, a batch header alone has " + BatchHeader.SIZE);
        }
        BatchHeader header = BatchHeader.parse(batch, start);
        int declared = header.sizeInBytes();
        if (declared < BatchHeader.SIZE || declared > size) {
            return new Invalid(Reason.CORRUPT, "the batch says it has " + declared + " bytes but " + size + " came");
        }
        if (declared < size) {
            return new Invalid(
                    Reason.INVALID, (size - declared) + " bytes follow the batch; one batch is taken at a time");
        }
        if (size > maxMessageBytes) {
            return new Invalid(
                    Reason.TOO_LARGE, "the batch has " + size + " bytes, max.message.bytes allows " + maxMessageBytes);
        }
        int crc = crcOf(batch, start, size);
        if (crc != header.crc()) {
            return new Invalid(
                    Reason.CORRUPT,
                    "CRC-32C of the batch is " + Integer.toHexString(crc) + ", its header says "
                            + Integer.toHexString(header.crc()));
        }
        return checkContent(header)
                .<BatchCheck>map(flaw -> flaw)
                .orElseGet(() -> new Valid(header, batch, BatchCheck.NO_TIME));
    }

    /** CRC-32C of the batch's bytes from the attributes to its end. */
    public static int crcOf(ByteBuffer batch, int position, int sizeInBytes) {
        CRC32C crc = new CRC32C();
        crc.update(batch.slice(position + BatchHeader.ATTRIBUTES_AT, sizeInBytes - BatchHeader.ATTRIBUTES_AT));
        return (int) crc.getValue();
    }

    private static Optional<Invalid> checkContent(BatchHeader header) {
        if (header.isControl()) {
            return invalid("control batches are written by servers only");
        }
        if (header.isTransactional()) {
            return Optional.of(new Invalid(Reason.TRANSACTIONAL, "transactions are not served yet"));
        }
        if (header.compressionId() > LAST_CODEC) {
            return invalid("compression codec " + header.compressionId() + " is unknown");
        }
        if (header.hasLogAppendTime()) {
            return invalid("a producer may not set the timestamp type to LogAppendTime");
        }
        if (header.hasDeleteHorizon()) {
            return invalid("a producer may not set a delete horizon");
        }
        int count = header.recordCount();
        if (count <= 0) {
            return invalid("the batch has a record count of " + count);
        }
        if (header.lastOffsetDelta() != count - 1) {
            return invalid("the batch has " + count + " records but spans offsets 0 to " + header.lastOffsetDelta());
        }
        if (!header.isCompressed() && (long) count * SMALLEST_RECORD > header.sizeInBytes() - BatchHeader.SIZE) {
            return invalid(count + " records cannot stand in a batch of " + header.sizeInBytes() + " bytes");
        }
        return checkProducer(header);
    }

    private static Optional<Invalid> checkProducer(BatchHeader header) {
        if (header.producerId() < -1) {
            return invalid("producer id " + header.producerId() + " is negative");
        }
        if (header.isIdempotent() && (header.producerEpoch() < 0 || header.baseSequence() < 0)) {
            return invalid("producer " + header.producerId() + " sent epoch " + header.producerEpoch()
                    + " and base sequence " + header.baseSequence() + "; neither may be negative");
        }
        return Optional.empty();
    }

    private static Optional<Invalid> invalid(String message) {
        return Optional.of(new Invalid(Reason.INVALID, message));
    }
}
