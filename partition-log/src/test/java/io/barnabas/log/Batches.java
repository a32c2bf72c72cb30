package io.barnabas.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Batches as a Kafka producer sends them, and the values read back from stored ones. */
final class Batches {

    private Batches() {}

    static ByteBuffer of(String... values) {
        return MemoryRecords.withRecords(Compression.NONE, records(values)).buffer();
    }

    static ByteBuffer idempotent(long producerId, short epoch, int sequence, String... values) {
        return MemoryRecords.withIdempotentRecords(Compression.NONE, producerId, epoch, sequence, records(values))
                .buffer();
    }

    private static SimpleRecord[] records(String... values) {
        // Of today: retention would delete records of 1970 at once.
        long now = System.currentTimeMillis();
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(now + i, values[i].getBytes(StandardCharsets.UTF_8));
        }
        return records;
    }

    /** The bytes of a slice, which is given back. */
    static ByteBuffer bytesOf(LogSlice slice) throws IOException {
        try {
            ByteBuffer bytes = ByteBuffer.allocate(slice.sizeInBytes());
            while (bytes.hasRemaining()) {
                if (slice.channel().read(bytes, slice.position() + bytes.position()) < 0) {
                    throw new IllegalStateException("the slice reaches behind its file");
                }
            }
            return bytes.flip();
        } finally {
            slice.release();
        }
    }

    /** Every committed record as "offset=value". */
    static List<String> readAll(PartitionReplica replica) throws Exception {
        List<String> all = new ArrayList<>();
        long offset = replica.offsets().logStartOffset();
        while (offset < replica.offsets().highWatermark()) {
            ReadOutcome.Records outcome = (ReadOutcome.Records) replica.read(offset, 1 << 20, true);
            ByteBuffer bytes = bytesOf(outcome.records());
            for (Record record : MemoryRecords.readableRecords(bytes).records()) {
                all.add(record.offset() + "=" + StandardCharsets.UTF_8.decode(record.value()));
                offset = record.offset() + 1;
            }
        }
        return all;
    }
}
