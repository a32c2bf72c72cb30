package io.barnabas.log.bench;

import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.segment.Pending;
import io.barnabas.log.segment.SegmentLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Batches as a producer sends them, made once and written many times at other offsets. */
final class BatchSource {

    private static final int EPOCH = 1;

    private final ByteBuffer batch;
    private final BatchHeader header;

    private BatchSource(ByteBuffer batch) {
        this.batch = batch;
        this.header = BatchHeader.parse(batch, 0);
    }

    /** A batch of about so many bytes, of records of {@code recordBytes} each, that do not compress. */
    static BatchSource of(int batchBytes, int recordBytes, long timestampMs) {
        SplittableRandom random = new SplittableRandom(7);
        int count = Math.max(1, (batchBytes - BatchHeader.SIZE) / (recordBytes + 10));
        int valueBytes = count == 1 ? Math.max(1, batchBytes - BatchHeader.SIZE - 10) : recordBytes;
        SimpleRecord[] records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            byte[] value = new byte[valueBytes];
            random.nextBytes(value);
            records[i] = new SimpleRecord(timestampMs, value);
        }
        return of(records);
    }

    static BatchSource of(SimpleRecord... records) {
        return new BatchSource(
                MemoryRecords.withRecords(Compression.NONE, records).buffer());
    }

    int sizeInBytes() {
        return header.sizeInBytes();
    }

    int records() {
        return header.recordCount();
    }

    /** The bytes, as a client sends them. */
    ByteBuffer bytes() {
        return batch.duplicate();
    }

    /** Writes the batch so many times at the end of a log. */
    void appendTo(SegmentLog log, int times) throws IOException {
        long offset = log.logEndOffset();
        List<Pending> batches = new ArrayList<>(times);
        for (int i = 0; i < times; i++) {
            BatchHeader placed = header.placedAt(offset, EPOCH);
            batches.add(Pending.of(placed, batch));
            offset = placed.nextOffset();
        }
        log.append(batches, System.currentTimeMillis());
    }
}
