package io.barnabas.log.rules;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.BufferSupplier;

/** Batches as the Java client makes them, for tests. */
public final class Batches {

    private Batches() {}

    /** A batch without a producer id. */
    public static ByteBuffer of(CompressionType codec, SimpleRecord... records) {
        return of(codec, -1, (short) -1, -1, records);
    }

    /** A batch of an idempotent producer. */
    public static ByteBuffer of(
            CompressionType codec, long producerId, short epoch, int baseSequence, SimpleRecord... records) {
        return MemoryRecords.withRecords(
                        (byte) 2,
                        0L,
                        Compression.of(codec).build(),
                        TimestampType.CREATE_TIME,
                        producerId,
                        epoch,
                        baseSequence,
                        -1,
                        false,
                        records)
                .buffer();
    }

    /** A batch of records with these timestamps and a value of so many bytes. */
    public static ByteBuffer at(CompressionType codec, int valueBytes, long... timestamps) {
        SimpleRecord[] records = new SimpleRecord[timestamps.length];
        for (int i = 0; i < records.length; i++) {
            records[i] = new SimpleRecord(timestamps[i], ("k" + i).getBytes(UTF_8), new byte[valueBytes]);
        }
        return of(codec, records);
    }

    /** One to {@code maxRecords} records of random sizes and timestamps around {@code around}, of a random codec. */
    public static ByteBuffer random(SplittableRandom random, int maxRecords, int maxValue, long around) {
        CompressionType[] codecs = CompressionType.values();
        List<SimpleRecord> records = new ArrayList<>();
        int count = 1 + random.nextInt(maxRecords);
        for (int i = 0; i < count; i++) {
            byte[] value = new byte[random.nextInt(maxValue + 1)];
            random.nextBytes(value);
            byte[] key = random.nextInt(4) == 0 ? null : ("key-" + random.nextInt(100)).getBytes(UTF_8);
            records.add(new SimpleRecord(around + random.nextInt(-50, 50), key, value));
        }
        return of(codecs[random.nextInt(codecs.length)], records.toArray(new SimpleRecord[0]));
    }

    /** What compaction makes of the batch when it keeps only some records: offsets stay, an empty batch stays too. */
    public static ByteBuffer filtered(ByteBuffer batch, Predicate<Record> kept) {
        MemoryRecords.RecordFilter filter = new MemoryRecords.RecordFilter(0, 0) {
            @Override
            protected BatchRetentionResult checkBatchRetention(RecordBatch each) {
                return new BatchRetentionResult(BatchRetention.RETAIN_EMPTY, false);
            }

            @Override
            protected boolean shouldRetainRecord(RecordBatch each, Record record) {
                return kept.test(record);
            }
        };
        return MemoryRecords.readableRecords(batch.duplicate())
                .filterTo(filter, ByteBuffer.allocate(batch.remaining() + 1_000), BufferSupplier.NO_CACHING)
                .outputBuffer()
                .flip();
    }

    /** A copy of the batch with a changed header whose CRC fits again. */
    public static ByteBuffer changed(ByteBuffer batch, Consumer<ByteBuffer> change) {
        ByteBuffer copy =
                ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
        change.accept(copy);
        copy.putInt(BatchHeader.CRC_AT, BatchRules.crcOf(copy, 0, copy.limit()));
        return copy;
    }
}
