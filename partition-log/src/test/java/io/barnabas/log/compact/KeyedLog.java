package io.barnabas.log.compact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.LogConfig;
import io.barnabas.log.LogSlice;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.Batches;
import io.barnabas.log.segment.Pending;
import io.barnabas.log.segment.SegmentLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** A log of records with keys, and what it must hold after each cleaning, worked out record by record. */
final class KeyedLog {

    /** A record as it was written; {@code batch} is the base offset of its batch. */
    record Written(long offset, String key, String value, long timestamp, long batch) {}

    private final SplittableRandom random;
    private final int keys;
    private final TreeMap<Long, Written> expected = new TreeMap<>();
    private final Map<Long, Long> firstCleanedMs = new HashMap<>();
    private final Map<Long, BatchHeader> lastOfProducer = new HashMap<>();
    private final Map<Long, Integer> sequences = new HashMap<>();

    KeyedLog(SplittableRandom random, int keys) {
        this.random = random;
        this.keys = keys;
    }

    TreeMap<Long, Written> expected() {
        return expected;
    }

    Map<Long, Long> lastOffsets() {
        Map<Long, Long> last = new HashMap<>();
        lastOfProducer.forEach((id, header) -> last.put(id, header.lastOffset()));
        return last;
    }

    /** Appends a batch of random keys, values, tombstones, codec and producer. */
    void append(SegmentLog log, long nowMs) throws IOException {
        int count = 1 + random.nextInt(8);
        SimpleRecord[] records = new SimpleRecord[count];
        long base = log.logEndOffset();
        for (int i = 0; i < count; i++) {
            String key = random.nextInt(30) == 0 ? null : "key-" + random.nextInt(keys);
            String value = random.nextInt(4) == 0 ? null : "v".repeat(random.nextInt(40)) + random.nextInt();
            long timestamp = nowMs - random.nextInt(20);
            records[i] = new SimpleRecord(timestamp, bytes(key), bytes(value));
            expected.put(base + i, new Written(base + i, key, value, timestamp, base));
        }
        CompressionType[] codecs = CompressionType.values();
        CompressionType codec = codecs[random.nextInt(codecs.length)];
        long producer = random.nextInt(5) - 1;
        ByteBuffer batch;
        if (producer < 0) {
            batch = Batches.of(codec, records);
        } else {
            int sequence = sequences.merge(producer, count, Integer::sum) - count;
            batch = Batches.of(codec, producer, (short) 3, sequence, records);
        }
        BatchHeader header = BatchHeader.parse(batch, 0).placedAt(base, 7);
        log.append(List.of(Pending.of(header, batch)), nowMs);
        if (producer >= 0) {
            lastOfProducer.put(producer, header);
        }
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(UTF_8);
    }

    /** The rules of compaction, done to the list of all records. */
    void cleaned(long cleanedTo, long nowMs, LogConfig.Compaction config) {
        Map<String, Long> newest = new HashMap<>();
        for (Written each : expected.headMap(cleanedTo).values()) {
            firstCleanedMs.putIfAbsent(each.batch(), nowMs);
            if (each.key() != null) {
                newest.put(each.key(), each.offset());
            }
        }
        expected.headMap(cleanedTo)
                .values()
                .removeIf(each -> each.key() == null
                        || newest.get(each.key()) > each.offset()
                        || each.value() == null
                                && nowMs >= firstCleanedMs.get(each.batch()) + config.deleteRetentionMs());
    }

    void trimmed(long logStartOffset) {
        expected.headMap(logStartOffset).clear();
        lastOfProducer.values().removeIf(header -> header.lastOffset() < logStartOffset);
    }

    /** Holds the log against what is expected. */
    void check(SegmentLog log) throws IOException {
        TreeMap<Long, Written> found = new TreeMap<>();
        Map<Long, BatchHeader> last = new HashMap<>();
        long next = log.logStartOffset();
        for (ByteBuffer batch : batchesOf(log)) {
            BatchHeader header = BatchHeader.parse(batch, 0);
            assertThat(header.baseOffset()).isGreaterThanOrEqualTo(next);
            assertThat(header.partitionLeaderEpoch()).isEqualTo(7);
            next = header.nextOffset();
            if (header.isIdempotent()) {
                last.put(header.producerId(), header);
            }
            found.putAll(recordsOf(batch));
        }
        assertThat(next).isEqualTo(log.logEndOffset());
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        expected.forEach((offset, each) -> assertThat(found.get(offset))
                .isEqualTo(new Written(
                        offset,
                        each.key(),
                        each.value(),
                        each.timestamp(),
                        found.get(offset).batch())));
        lastOfProducer.forEach((id, header) -> {
            assertThat(last.get(id).lastOffset()).isEqualTo(header.lastOffset());
            assertThat(last.get(id).lastSequence()).isEqualTo(header.lastSequence());
            assertThat(last.get(id).producerEpoch()).isEqualTo(header.producerEpoch());
        });
    }

    /** The batches of a log, each valid. */
    static List<ByteBuffer> batchesOf(SegmentLog log) throws IOException {
        List<ByteBuffer> batches = new ArrayList<>();
        long next = log.logStartOffset();
        while (next < log.logEndOffset()) {
            ByteBuffer bytes = bytesOf(log.slice(next, log.logEndOffset(), 5_000, true));
            assertThat(bytes.remaining()).as("bytes at offset %d", next).isPositive();
            int at = 0;
            while (at < bytes.limit()) {
                BatchHeader header = BatchHeader.parse(bytes, at);
                batches.add(bytes.slice(at, header.sizeInBytes()));
                at += header.sizeInBytes();
                next = header.nextOffset();
            }
        }
        return batches;
    }

    /** The records of a batch, checked as a consumer checks it. */
    static Map<Long, Written> recordsOf(ByteBuffer bytes) {
        Map<Long, Written> records = new TreeMap<>();
        for (MutableRecordBatch batch :
                MemoryRecords.readableRecords(bytes.duplicate()).batches()) {
            batch.ensureValid();
            for (Record each : batch) {
                records.put(
                        each.offset(),
                        new Written(
                                each.offset(),
                                text(each.key()),
                                text(each.value()),
                                each.timestamp(),
                                batch.baseOffset()));
            }
        }
        return records;
    }

    private static String text(ByteBuffer bytes) {
        return bytes == null ? null : UTF_8.decode(bytes).toString();
    }

    static ByteBuffer bytesOf(LogSlice slice) throws IOException {
        try {
            ByteBuffer bytes = ByteBuffer.allocate(slice.sizeInBytes());
            while (bytes.hasRemaining()) {
                if (slice.channel().read(bytes, slice.position() + bytes.position()) < 0) {
                    throw new AssertionError("the file ends within the slice");
                }
            }
            return bytes.flip();
        } finally {
            slice.release();
        }
    }
}
