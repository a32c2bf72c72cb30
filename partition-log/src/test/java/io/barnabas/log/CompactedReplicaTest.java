package io.barnabas.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.log.PartitionReplica.Acks;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that compact their logs, each for itself, while the partition goes on. */
@Timeout(120)
class CompactedReplicaTest {

    private static final int KEYS = 10;
    private static final int BATCHES = 300;
    private static final LogConfig COMPACTED = LogConfig.DEFAULT
            .with(new LogConfig.Segments(4_000, 3_600_000, 500))
            .with(new LogConfig.Retention(false, -1, -1))
            .with(new LogConfig.Compaction(true, 3_600_000, 0, Long.MAX_VALUE, 0.01));

    @TempDir
    Path directory;

    @Test
    void replicasCompactAndOneThatWasAwayCatchesUp() throws Exception {
        try (LocalHosts hosts = new LocalHosts(directory, 3, FlushMode.SYNC)) {
            UUID group = hosts.create("t", COMPACTED);
            int lead = hosts.leader(group).leadership().leader();
            int away = lead % 3 + 1;
            hosts.stop(away);
            PartitionReplica leader = hosts.leader(group);
            Map<String, String> newest = produce(leader);

            long end = leader.offsets().logEndOffset();
            await().atMost(Duration.ofSeconds(30)).until(() -> recordsOf(leader).size() < BATCHES / 2);
            assertThat(newestOf(leader)).isEqualTo(newest);
            assertThat(leader.offsets().logEndOffset()).isEqualTo(end);

            hosts.start(away);
            hosts.add(group, "t", COMPACTED);
            PartitionReplica back = hosts.host(away).replica(group).orElseThrow();
            await().atMost(Duration.ofSeconds(30)).until(() -> back.offsets().highWatermark() == end);
            assertThat(newestOf(back)).isEqualTo(newest);

            assertThat(append(hosts.leader(group), BATCHES - 1)).isInstanceOf(AppendOutcome.Duplicate.class);
            hosts.stop(away);
            hosts.start(away);
            hosts.add(group, "t", COMPACTED);
            PartitionReplica again = hosts.host(away).replica(group).orElseThrow();
            await().atMost(Duration.ofSeconds(30)).until(() -> again.offsets().highWatermark() == end);
            assertThat(newestOf(again)).isEqualTo(newest);
        }
    }

    private static Map<String, String> produce(PartitionReplica leader) throws Exception {
        Map<String, String> newest = new TreeMap<>();
        List<CompletableFuture<AppendOutcome>> appends = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            appends.add(leader.append(batch(i), Acks.MAJORITY));
            newest.put("key-" + i % KEYS, "value-" + i);
        }
        for (CompletableFuture<AppendOutcome> append : appends) {
            assertThat(append.get(20, TimeUnit.SECONDS)).isInstanceOf(AppendOutcome.Appended.class);
        }
        return newest;
    }

    private static AppendOutcome append(PartitionReplica leader, int i) throws Exception {
        return leader.append(batch(i), Acks.MAJORITY).get(20, TimeUnit.SECONDS);
    }

    private static ByteBuffer batch(int i) {
        SimpleRecord record =
                new SimpleRecord(1_000L + i, ("key-" + i % KEYS).getBytes(UTF_8), ("value-" + i).getBytes(UTF_8));
        return io.barnabas.log.rules.Batches.of(
                CompressionType.values()[i % CompressionType.values().length], 9, (short) 0, i, record);
    }

    private static Map<String, String> newestOf(PartitionReplica replica) throws Exception {
        Map<String, String> newest = new TreeMap<>();
        for (Record record : recordsOf(replica)) {
            newest.put(
                    UTF_8.decode(record.key()).toString(),
                    UTF_8.decode(record.value()).toString());
        }
        return newest;
    }

    /** All that a consumer gets from the log's start to the high watermark. */
    private static List<Record> recordsOf(PartitionReplica replica) throws Exception {
        List<Record> records = new ArrayList<>();
        long offset = replica.offsets().logStartOffset();
        long end = replica.offsets().highWatermark();
        while (offset < end) {
            LogSlice slice = ((ReadOutcome.Records) replica.read(offset, 1 << 20, true)).records();
            ByteBuffer bytes = ByteBuffer.allocate(slice.sizeInBytes());
            while (bytes.hasRemaining()) {
                assertThat(slice.channel().read(bytes, slice.position() + bytes.position()))
                        .isPositive();
            }
            slice.release();
            assertThat(bytes.flip().hasRemaining()).isTrue();
            for (RecordBatch batch : MemoryRecords.readableRecords(bytes).batches()) {
                batch.forEach(records::add);
                offset = batch.nextOffset();
            }
        }
        return records;
    }
}
