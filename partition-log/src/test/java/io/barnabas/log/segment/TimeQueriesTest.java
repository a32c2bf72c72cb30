package io.barnabas.log.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.PartitionReplica.TimestampOffset;
import io.barnabas.log.index.IndexEntry;
import io.barnabas.log.index.IndexSink;
import io.barnabas.log.index.Indexes;
import io.barnabas.log.index.LogIndex;
import io.barnabas.log.rules.Batches;
import io.barnabas.log.rules.Seeds;
import io.barnabas.log.segment.Fixture.Stored;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimeQueriesTest {

    private static final SegmentLogConfig CONFIG = new SegmentLogConfig(4_000, 3_600_000, 200);
    private static final int EPOCH = 6;

    @TempDir
    Path directory;

    private final List<Stored> written = new ArrayList<>();

    @Test
    void everyTimeAndEveryEndAgreesWithAllRecords() throws Exception {
        Seeds.run("time queries", 1, random -> {
            try (LogIndex index = Indexes.open(directory.resolve("index"));
                    SegmentLog log = open(index.partition(UUID.randomUUID()))) {
                long around = 1_000;
                for (int i = 0; i < 150; i++) {
                    around += random.nextInt(-20, 30);
                    append(log, Batches.random(random, 6, 60, around));
                }
                index.flush();
                assertThat(log.segments()).isGreaterThan(4);
                checkAll(log, random);
            }
        });
    }

    private void checkAll(SegmentLog log, SplittableRandom random) throws IOException {
        List<TimestampOffset> all = Fixture.timesOf(written);
        long lowest = all.stream().mapToLong(TimestampOffset::timestampMs).min().orElseThrow();
        long highest =
                all.stream().mapToLong(TimestampOffset::timestampMs).max().orElseThrow();
        for (long target = lowest - 1; target <= highest + 1; target++) {
            long wanted = target;
            assertThat(log.find(target, 0, Long.MAX_VALUE))
                    .as("first at or after %d", target)
                    .isEqualTo(Fixture.first(all, record -> record.timestampMs() >= wanted));
            long upper = random.nextLong(all.size() + 1L);
            long from = random.nextLong(upper + 1);
            assertThat(log.find(target, from, upper))
                    .as("first at or after %d from offset %d below offset %d", target, from, upper)
                    .isEqualTo(Fixture.first(
                            all,
                            record -> record.timestampMs() >= wanted
                                    && record.offset() >= from
                                    && record.offset() < upper));
        }
        for (Stored batch : written) {
            long upper = batch.header().nextOffset();
            checkLargest(log, all, 0, upper);
            // Within a batch too: DeleteRecords may move the log start anywhere.
            checkLargest(log, all, random.nextLong(upper + 1), upper);
        }
    }

    private static void checkLargest(SegmentLog log, List<TimestampOffset> all, long from, long upper)
            throws IOException {
        List<TimestampOffset> within = all.stream()
                .filter(record -> record.offset() >= from && record.offset() < upper)
                .toList();
        long max = within.stream().mapToLong(TimestampOffset::timestampMs).max().orElse(-1);
        assertThat(log.findMaxTimestamp(from, upper))
                .as("largest from offset %d below offset %d", from, upper)
                .isEqualTo(Fixture.first(within, record -> record.timestampMs() == max));
    }

    @Test
    void anEmptyLogAndRecordsWithoutTimeMatchNothing() throws IOException {
        try (SegmentLog log = open(IndexSink.NONE)) {
            assertThat(log.find(0, 0, 10)).isEqualTo(TimestampOffset.NONE);
            assertThat(log.findMaxTimestamp(0, 10)).isEqualTo(TimestampOffset.NONE);
            append(log, Batches.at(CompressionType.LZ4, 5, -1, -1));
            assertThat(log.find(0, 0, 10)).isEqualTo(TimestampOffset.NONE);
            assertThat(log.findMaxTimestamp(0, 10)).isEqualTo(TimestampOffset.NONE);
            append(log, Batches.at(CompressionType.LZ4, 5, -1, 7));
            assertThat(log.find(0, 0, 10)).isEqualTo(new TimestampOffset(3, 7, EPOCH));
            assertThat(log.find(0, 0, 2)).isEqualTo(TimestampOffset.NONE);
            assertThat(log.findMaxTimestamp(0, 10)).isEqualTo(new TimestampOffset(3, 7, EPOCH));
            assertThat(log.findMaxTimestamp(0, 2)).isEqualTo(TimestampOffset.NONE);
        }
    }

    @Test
    void aLargestTimeThatAClientLeftUnsetIsFound() throws IOException {
        try (LogIndex index = Indexes.open(directory.resolve("index"))) {
            UUID partition = UUID.randomUUID();
            try (SegmentLog log = open(index.partition(partition))) {
                for (int i = 0; i < 30; i++) {
                    ByteBuffer batch = Batches.at(CompressionType.ZSTD, 100, 1_000 + i, 1_005 + i);
                    append(log, Batches.changed(batch, b -> b.putLong(35, -1)));
                }
                index.flush();
                checkUnset(log);
            }
            try (SegmentLog log = open(index.partition(partition))) {
                checkUnset(log);
            }
        }
    }

    private static void checkUnset(SegmentLog log) throws IOException {
        assertThat(log.find(1_000, 0, 99)).isEqualTo(new TimestampOffset(0, 1_000, EPOCH));
        assertThat(log.find(1_020, 0, 99)).isEqualTo(new TimestampOffset(31, 1_020, EPOCH));
        assertThat(log.findMaxTimestamp(0, 99)).isEqualTo(new TimestampOffset(59, 1_034, EPOCH));
        assertThat(log.find(1_035, 0, 99)).isEqualTo(TimestampOffset.NONE);
    }

    @Test
    void aLargestTimeThatIsALieIsPassedOver() throws IOException {
        try (SegmentLog log = open(IndexSink.NONE)) {
            ByteBuffer batch = Batches.at(CompressionType.NONE, 5, 10, 20);
            append(log, Batches.changed(batch, b -> b.putLong(35, 9_999)));
            append(log, Batches.at(CompressionType.NONE, 5, 500));
            assertThat(log.find(100, 0, 99)).isEqualTo(new TimestampOffset(2, 500, EPOCH));
            assertThat(log.find(501, 0, 99)).isEqualTo(TimestampOffset.NONE);
        }
    }

    @Test
    void aBatchThatCannotBeUnpackedAnswersByItsHeader() throws IOException {
        try (SegmentLog log = open(IndexSink.NONE)) {
            append(log, Batches.at(CompressionType.NONE, 5, 10));
            for (CompressionType codec : CompressionType.values()) {
                ByteBuffer batch = Batches.at(codec, 50, 100, 200);
                append(log, Batches.changed(batch, b -> {
                    for (int i = 61; i < b.limit(); i++) {
                        b.put(i, (byte) 0xEE);
                    }
                }));
                TimestampOffset broken = log.find(150, 0, 99);
                assertThat(broken).as(codec.name).isEqualTo(new TimestampOffset(1, 200, EPOCH));
                assertThat(log.findMaxTimestamp(0, 99)).as(codec.name).isEqualTo(broken);
                log.truncateTo(1);
            }
        }
    }

    @Test
    void hintsThatTheFileDoesNotBearOutAreNotUsed() throws IOException {
        IndexSink lies = new IndexSink() {
            private long calls;

            @Override
            public boolean add(IndexEntry entry) {
                return true;
            }

            @Override
            public void restore(IndexEntry entry) {}

            @Override
            public Optional<IndexEntry> floor(long offset) {
                calls++;
                long position = calls % 3 == 0 ? -5 : calls % 3 == 1 ? 33 : 1 << 30;
                return Optional.of(new IndexEntry(offset, 0, position, 1, 0));
            }

            @Override
            public Optional<IndexEntry> beforeTime(long segmentBase, long timestampMs) {
                return Optional.of(new IndexEntry(5, segmentBase, 77, timestampMs - 1, 0));
            }

            @Override
            public void truncate(long offset) {}

            @Override
            public void removeSegments(long fromOffset, long toOffset) {}

            @Override
            public void clear() {}
        };
        SplittableRandom random = new SplittableRandom(5);
        try (SegmentLog log = open(IndexSink.NONE)) {
            for (int i = 0; i < 400; i++) {
                append(log, Batches.random(random, 3, 50, 100 + i));
            }
        }
        for (int i = 0; i < 3; i++) {
            try (SegmentLog log = SegmentLog.open(directory.resolve("log"), CONFIG, lies, 0)) {
                assertThat(Fixture.contentOf(log)).isEqualTo(Fixture.joined(written));
                checkAll(log, random);
            }
        }
    }

    private SegmentLog open(IndexSink index) throws IOException {
        return SegmentLog.open(directory.resolve("log"), CONFIG, index, 0);
    }

    private void append(SegmentLog log, ByteBuffer batch) throws IOException {
        Stored next = Fixture.stored(batch, log.logEndOffset(), EPOCH);
        log.append(List.of(Pending.of(next.header(), batch)), 0);
        written.add(next);
    }
}
