package io.barnabas.log.rules;

import io.barnabas.log.LogConfig;
import io.barnabas.log.rules.BatchCheck.Invalid;
import io.barnabas.log.rules.BatchCheck.Reason;
import io.barnabas.log.rules.BatchCheck.Valid;
import java.nio.ByteBuffer;
import org.apache.kafka.common.record.internal.CompressionType;

/**
 * What a topic's settings make of a batch: which are refused, and how the others are stored. A batch of a topic that
 * keeps the producer's codec and timestamps, is not compacted and does not limit how old records may be is judged by
 * its header alone and stored as it came.
 */
public final class BatchIntake {

    /** What a batch may always unpack to. */
    private static final int SMALLEST_UNPACKED_LIMIT = 64 << 20;

    /** What no batch may unpack to. */
    private static final int LARGEST_UNPACKED_LIMIT = 1 << 30;

    /** Records rarely compress better than this. */
    private static final int USUAL_RATIO = 16;

    private BatchIntake() {}

    /**
     * Judges one batch of a client.
     *
     * @param batch big-endian; from position to limit exactly one batch; neither moves, and no byte is changed
     * @param nowMs the leader's clock, in epoch milliseconds
     */
    public static BatchCheck take(ByteBuffer batch, LogConfig config, long nowMs) {
        return switch (BatchRules.check(batch, config.maxMessageBytes())) {
            case Valid framed -> settle(framed, config, nowMs);
            case Invalid invalid -> invalid;
        };
    }

    /** Whether {@link #settle} has to look at every record, which takes time in proportion to what they unpack to. */
    public static boolean needsRecords(BatchHeader header, LogConfig config) {
        return config.compaction().enabled() || isToConvert(header, config) || limitsAge(header, config);
    }

    /**
     * The second half of {@link #take}.
     *
     * @param framed what {@link BatchRules} let pass
     */
    public static BatchCheck settle(Valid framed, LogConfig config, long nowMs) {
        TimestampRange times = TimestampRange.of(config.timestamps(), nowMs);
        BatchHeader header = framed.header();
        if (needsRecords(header, config)) {
            return settleRecords(framed, config, times, nowMs);
        }
        if (config.timestamps().logAppendTime()) {
            return stored(BatchPacking.copyOf(framed.bytes()), header.maxTimestamp(), config, nowMs);
        }
        if (times.holds(header.baseTimestamp()) && times.holds(header.maxTimestamp())) {
            return framed;
        }
        if (!header.isCompressed()
                && RecordWalk.of(framed.bytes(), false, times) instanceof RecordWalk.Refused refused) {
            return refused.invalid();
        }
        return new Invalid(
                Reason.INVALID_TIMESTAMP,
                "the batch has timestamps from " + header.baseTimestamp() + " to " + header.maxTimestamp() + "; "
                        + times.sentence());
    }

    private static BatchCheck settleRecords(Valid framed, LogConfig config, TimestampRange times, long nowMs) {
        BatchHeader header = framed.header();
        int limit = unpackedLimit(config.maxMessageBytes());
        ByteBuffer plain;
        switch (BatchPacking.unpack(framed.bytes(), header, limit)) {
            case BatchPacking.Unpacked unpacked -> plain = unpacked.batch();
            case BatchPacking.Unreadable unreadable -> {
                return new Invalid(Reason.INVALID, unreadable.message());
            }
        }
        long newest;
        switch (RecordWalk.of(plain, config.compaction().enabled(), times)) {
            case RecordWalk.Passed passed -> newest = passed.maxTimestamp();
            case RecordWalk.Refused refused -> {
                return refused.invalid();
            }
        }
        if (isToConvert(header, config)) {
            return stored(BatchPacking.pack(plain, config.compression()), newest, config, nowMs);
        }
        return config.timestamps().logAppendTime()
                ? stored(BatchPacking.copyOf(framed.bytes()), newest, config, nowMs)
                : framed;
    }

    /** Finishes a batch whose bytes are ours to write to. */
    private static BatchCheck stored(ByteBuffer batch, long newest, LogConfig config, long nowMs) {
        if (batch.remaining() > config.maxMessageBytes()) {
            return new Invalid(
                    Reason.TOO_LARGE,
                    "the batch has " + batch.remaining() + " bytes when stored with compression.type="
                            + config.compression().type() + ", max.message.bytes allows " + config.maxMessageBytes());
        }
        boolean own = config.timestamps().logAppendTime();
        BatchHeader.writeTimes(batch, 0, own, own ? nowMs : newest);
        BatchHeader.writeCrc(batch, 0, BatchRules.crcOf(batch, 0, batch.remaining()));
        return new Valid(BatchHeader.parse(batch, 0), batch, own ? nowMs : BatchCheck.NO_TIME);
    }

    private static boolean isToConvert(BatchHeader header, LogConfig config) {
        String type = config.compression().type();
        return !type.equals(LogConfig.Compression.AS_SENT) && codec(type).id != header.compressionId();
    }

    /** The header tells the largest timestamp and the first one, but not the smallest. */
    private static boolean limitsAge(BatchHeader header, LogConfig config) {
        return !header.isCompressed()
                && !config.timestamps().logAppendTime()
                && config.timestamps().beforeMaxMs() != Long.MAX_VALUE;
    }

    /** The codec that {@code compression.type} names. */
    static CompressionType codec(String type) {
        return type.equals(LogConfig.Compression.UNCOMPRESSED) ? CompressionType.NONE : CompressionType.forName(type);
    }

    /**
     * Bytes that a batch may unpack to, so that a few kilobytes cannot fill the memory.
     *
     * @param maxMessageBytes what it may have packed
     */
    public static int unpackedLimit(int maxMessageBytes) {
        return (int) Math.clamp((long) USUAL_RATIO * maxMessageBytes, SMALLEST_UNPACKED_LIMIT, LARGEST_UNPACKED_LIMIT);
    }
}
