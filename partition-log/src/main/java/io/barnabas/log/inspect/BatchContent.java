package io.barnabas.log.inspect;

import io.barnabas.log.rules.BatchHeader;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.CloseableIterator;

/**
 * What the records of a batch tell.
 *
 * @param maxTimestamp largest timestamp, by which the log's index goes; -1 when there is none
 * @param fault what is odd about them, though the CRC fits: so they came
 */
record BatchContent(long maxTimestamp, Optional<String> fault) {

    /** Sees the records of a batch, in order. */
    @FunctionalInterface
    interface RecordVisitor {
        void visit(Record record);
    }

    /** Reads all records, one at a time. */
    static BatchContent of(BatchHeader header, ByteBuffer bytes, RecordVisitor visitor) {
        if (header.recordCount() == 0) {
            return new BatchContent(-1, Optional.empty());
        }
        MutableRecordBatch batch =
                MemoryRecords.readableRecords(bytes).batchIterator().next();
        long last = header.baseOffset() - 1;
        long max = -1;
        int count = 0;
        try (CloseableIterator<Record> records = batch.streamingIterator(BufferSupplier.NO_CACHING)) {
            while (records.hasNext()) {
                Record record = records.next();
                if (record.offset() <= last || record.offset() > header.lastOffset()) {
                    return odd(
                            header,
                            "record " + count + " has offset " + record.offset() + ", after " + last
                                    + " in a batch up to " + header.lastOffset());
                }
                last = record.offset();
                max = Math.max(max, record.timestamp());
                count++;
                visitor.visit(record);
            }
        } catch (KafkaException
                | UncheckedIOException
                | IllegalArgumentException
                | IllegalStateException
                | BufferUnderflowException e) {
            return odd(header, "record " + count + " of the batch cannot be unpacked: " + e.getMessage());
        }
        if (batch.timestampType() == TimestampType.CREATE_TIME && max != header.maxTimestamp()) {
            String fault = "the largest timestamp of the records is " + max + ", the batch says "
                    + header.maxTimestamp() + ": seeks by time may pass them over";
            return header.tellsMaxTimestamp()
                    ? new BatchContent(header.maxTimestamp(), Optional.of(fault))
                    : new BatchContent(max, Optional.empty());
        }
        return new BatchContent(header.tellsMaxTimestamp() ? header.maxTimestamp() : max, Optional.empty());
    }

    private static BatchContent odd(BatchHeader header, String fault) {
        return new BatchContent(header.maxTimestamp(), Optional.of(fault));
    }
}
