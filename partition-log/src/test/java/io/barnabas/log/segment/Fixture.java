package io.barnabas.log.segment;

import io.barnabas.log.LogSlice;
import io.barnabas.log.PartitionReplica.TimestampOffset;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.BatchRules;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;

/** What the tests of the log share: batches with offsets, and slices read back whole. */
final class Fixture {

    static final SegmentLogConfig CONFIG = new SegmentLogConfig(2_000, 3_600_000, 300);

    private Fixture() {}

    /** A stored batch: its header, and its bytes as they stand in the file. */
    record Stored(BatchHeader header, ByteBuffer bytes) {}

    /** What a client's batch becomes at an offset. */
    static Stored stored(ByteBuffer batch, long offset, int epoch) {
        BatchHeader header = BatchHeader.parse(batch, batch.position()).placedAt(offset, epoch);
        ByteBuffer bytes =
                ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
        BatchHeader.writeBaseOffset(bytes, 0, offset);
        BatchHeader.writePartitionLeaderEpoch(bytes, 0, epoch);
        return new Stored(header, bytes);
    }

    /** The batch to be written, in one piece or cut at random into several. */
    static Pending pending(Stored stored, SplittableRandom random) {
        List<ByteBuffer> pieces = new ArrayList<>();
        ByteBuffer client = ByteBuffer.allocate(stored.bytes().remaining())
                .put(stored.bytes().duplicate())
                .flip();
        // The log must take offset and epoch from the header, not from the client's bytes.
        BatchHeader.writeBaseOffset(client, 0, -5);
        BatchHeader.writePartitionLeaderEpoch(client, 0, -5);
        while (client.hasRemaining()) {
            int size = random.nextInt(3) == 0 ? 1 + random.nextInt(client.remaining()) : client.remaining();
            pieces.add(client.slice(client.position(), size));
            client.position(client.position() + size);
        }
        return new Pending(stored.header(), pieces);
    }

    /** The bytes of a slice, which is released. */
    static ByteBuffer bytesOf(LogSlice slice) throws IOException {
        try {
            ByteBuffer bytes = ByteBuffer.allocate(slice.sizeInBytes());
            long at = slice.position();
            while (bytes.hasRemaining()) {
                int read = slice.channel().read(bytes, at);
                if (read < 0) {
                    throw new AssertionError("the file ends within the slice");
                }
                at += read;
            }
            return bytes.flip();
        } finally {
            slice.release();
        }
    }

    /** The headers of the whole and valid batches that make up the bytes exactly. */
    static List<BatchHeader> batchesIn(ByteBuffer bytes) {
        List<BatchHeader> headers = new ArrayList<>();
        int at = 0;
        while (at < bytes.limit()) {
            BatchHeader header = BatchHeader.parse(bytes, at);
            if (header.sizeInBytes() > bytes.limit() - at) {
                throw new AssertionError("torn batch at " + at + ": " + header);
            }
            if (BatchRules.crcOf(bytes, at, header.sizeInBytes()) != header.crc()) {
                throw new AssertionError("damaged batch at " + at + ": " + header);
            }
            headers.add(header);
            at += header.sizeInBytes();
        }
        return headers;
    }

    /** All headers of a log. */
    static List<BatchHeader> headersOf(SegmentLog log) throws IOException {
        List<BatchHeader> headers = new ArrayList<>();
        log.scan(log.logStartOffset(), log.logEndOffset(), (header, position) -> headers.add(header));
        return headers;
    }

    /** All bytes of a log, read in slices. */
    static ByteBuffer contentOf(SegmentLog log) throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) log.sizeInBytes());
        long next = log.logStartOffset();
        while (next < log.logEndOffset()) {
            ByteBuffer bytes = bytesOf(log.slice(next, log.logEndOffset(), 1 << 20, true));
            List<BatchHeader> batches = batchesIn(bytes);
            all.put(bytes);
            next = batches.getLast().nextOffset();
        }
        return all.flip();
    }

    /** The bytes of these batches, one after the other. */
    static ByteBuffer joined(List<Stored> batches) {
        int size = batches.stream().mapToInt(batch -> batch.bytes().remaining()).sum();
        ByteBuffer all = ByteBuffer.allocate(size);
        batches.forEach(batch -> all.put(batch.bytes().duplicate()));
        return all.flip();
    }

    /** Offset, timestamp and epoch of all records, as the Java client reads them. */
    static List<TimestampOffset> timesOf(List<Stored> batches) {
        List<TimestampOffset> times = new ArrayList<>();
        for (Stored batch : batches) {
            for (Record record : MemoryRecords.readableRecords(batch.bytes()).records()) {
                times.add(new TimestampOffset(
                        record.offset(), record.timestamp(), batch.header().partitionLeaderEpoch()));
            }
        }
        return times;
    }

    static TimestampOffset first(List<TimestampOffset> records, Predicate<TimestampOffset> wanted) {
        return records.stream().filter(wanted).findFirst().orElse(TimestampOffset.NONE);
    }
}
