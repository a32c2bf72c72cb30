package io.barnabas.log.compact;

import io.barnabas.log.rules.TombstoneRules;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes superseded records from batches. A batch without records is left out, unless its header is still needed: it
 * is the last of an idempotent producer, or it tells where its segment ends.
 */
final class SupersededFilter {

    private static final Logger LOG = LoggerFactory.getLogger(SupersededFilter.class);

    private final KeyMap newest;
    private final long mappedTo;
    private final Map<Long, Long> lastOffsets;
    private final long nowMs;
    private final BufferSupplier decompression;
    private final Rules rules;
    private long segmentEnd;
    private ByteBuffer out = ByteBuffer.allocate(1 << 16);

    /**
     * @param newest the newest offset of each key below {@code mappedTo}
     * @param lastOffsets the last offset of each idempotent producer
     */
    SupersededFilter(
            KeyMap newest,
            long mappedTo,
            Map<Long, Long> lastOffsets,
            long nowMs,
            long deleteRetentionMs,
            BufferSupplier decompression) {
        this.newest = newest;
        this.mappedTo = mappedTo;
        this.lastOffsets = lastOffsets;
        this.nowMs = nowMs;
        this.decompression = decompression;
        this.rules = new Rules(nowMs, deleteRetentionMs);
    }

    /**
     * What is left of a batch, empty when nothing is. Producers may compress what no one can unpack: such a batch stays.
     *
     * @param writtenTo offset after the last batch of the segment that is written
     * @return valid until the next call
     */
    ByteBuffer apply(ByteBuffer batch, long writtenTo) {
        segmentEnd = writtenTo;
        out.clear();
        try {
            out = MemoryRecords.readableRecords(batch.slice())
                    .filterTo(rules, out, decompression)
                    .outputBuffer();
            return out.flip();
        } catch (RuntimeException e) {
            LOG.debug("batch at offset {} cannot be unpacked and stays as it is", batch.getLong(batch.position()), e);
            return batch.duplicate();
        }
    }

    private final class Rules extends MemoryRecords.RecordFilter {

        Rules(long nowMs, long deleteRetentionMs) {
            super(nowMs, deleteRetentionMs);
        }

        @Override
        protected BatchRetentionResult checkBatchRetention(RecordBatch batch) {
            Long last = lastOffsets.get(batch.producerId());
            boolean needed = batch.nextOffset() == segmentEnd
                    || batch.hasProducerId() && last != null && last == batch.lastOffset();
            return new BatchRetentionResult(needed ? BatchRetention.RETAIN_EMPTY : BatchRetention.DELETE_EMPTY, false);
        }

        @Override
        protected boolean shouldRetainRecord(RecordBatch batch, Record record) {
            if (batch.isControlBatch() || record.offset() >= mappedTo) {
                return true;
            }
            // A record without a key supersedes nothing and is superseded by nothing: as in Kafka it does not belong
            // here.
            return record.hasKey()
                    && TombstoneRules.keeps(
                            record.offset(),
                            newest.newest(record.key()),
                            !record.hasValue(),
                            batch.deleteHorizonMs(),
                            nowMs);
        }
    }
}
