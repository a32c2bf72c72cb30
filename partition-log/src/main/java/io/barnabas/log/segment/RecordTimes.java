package io.barnabas.log.segment;

import io.barnabas.log.PartitionReplica.TimestampOffset;
import java.nio.ByteBuffer;
import java.util.function.LongPredicate;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.CloseableIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Timestamps of single records, compressed ones too. What a client compressed is not unpacked when it is stored, so
 * it may turn out here to be no records at all: then the batch's header answers for them.
 */
final class RecordTimes {

    private static final Logger LOG = LoggerFactory.getLogger(RecordTimes.class);

    private RecordTimes() {}

    /**
     * The first record of the batch at or after {@code timestampMs}, of those from {@code fromOffset} and below {@code
     * upperOffset}; NONE when there is none.
     */
    static TimestampOffset firstAtOrAfter(ByteBuffer batch, long timestampMs, long fromOffset, long upperOffset) {
        MutableRecordBatch records = batchOf(batch);
        try {
            return first(records, timestamp -> timestamp >= timestampMs, fromOffset, upperOffset);
        } catch (RuntimeException e) {
            boolean late = records.maxTimestamp() >= timestampMs && records.baseOffset() < upperOffset;
            return late ? answerOfHeader(records, fromOffset, e) : TimestampOffset.NONE;
        }
    }

    /** The first of the records with the largest timestamp, of those from {@code fromOffset}. */
    static TimestampOffset largest(ByteBuffer batch, long fromOffset) {
        MutableRecordBatch records = batchOf(batch);
        try {
            long max = max(records, fromOffset);
            return first(records, timestamp -> timestamp == max, fromOffset, Long.MAX_VALUE);
        } catch (RuntimeException e) {
            return answerOfHeader(records, fromOffset, e);
        }
    }

    /** The largest timestamp of a batch whose header does not tell it. */
    static long largestTimestamp(ByteBuffer batch) {
        MutableRecordBatch records = batchOf(batch);
        try {
            return max(records, 0);
        } catch (RuntimeException e) {
            return answerOfHeader(records, 0, e).timestampMs();
        }
    }

    private static long max(MutableRecordBatch records, long fromOffset) {
        long max = -1;
        try (CloseableIterator<Record> each = records.skipKeyValueIterator(BufferSupplier.NO_CACHING)) {
            while (each.hasNext()) {
                Record record = each.next();
                if (record.offset() >= fromOffset) {
                    max = Math.max(max, record.timestamp());
                }
            }
        }
        return max;
    }

    private static TimestampOffset first(
            MutableRecordBatch records, LongPredicate wanted, long fromOffset, long upperOffset) {
        try (CloseableIterator<Record> each = records.skipKeyValueIterator(BufferSupplier.NO_CACHING)) {
            while (each.hasNext()) {
                Record record = each.next();
                if (record.offset() >= upperOffset) {
                    break;
                }
                if (record.offset() >= fromOffset && wanted.test(record.timestamp())) {
                    return new TimestampOffset(record.offset(), record.timestamp(), records.partitionLeaderEpoch());
                }
            }
        }
        return TimestampOffset.NONE;
    }

    private static MutableRecordBatch batchOf(ByteBuffer batch) {
        return MemoryRecords.readableRecords(batch).batchIterator().next();
    }

    private static TimestampOffset answerOfHeader(MutableRecordBatch records, long fromOffset, RuntimeException e) {
        LOG.debug("batch at offset {} cannot be unpacked", records.baseOffset(), e);
        return new TimestampOffset(
                Math.max(fromOffset, records.baseOffset()), records.maxTimestamp(), records.partitionLeaderEpoch());
    }
}
