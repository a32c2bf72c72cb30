package io.barnabas.log.rules;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.LogConfig;
import io.barnabas.log.rules.BatchCheck.Invalid;
import io.barnabas.log.rules.BatchCheck.Reason;
import io.barnabas.log.rules.BatchCheck.RecordFault;
import io.barnabas.log.rules.BatchCheck.Valid;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class BatchIntakeTest {

    private static final long NOW = 1_800_000_000_000L;
    private static final LogConfig AS_SENT = LogConfig.DEFAULT;
    private static final LogConfig OWN_TIME = AS_SENT.with(new LogConfig.Timestamps(true, 10, 10));
    private static final LogConfig COMPACTED =
            AS_SENT.with(new LogConfig.Compaction(true, 1000, 0, Long.MAX_VALUE, 0.5));
    private static final LogConfig STRICT = AS_SENT.with(new LogConfig.Timestamps(false, 1_000, 2_000));
    private static final String[] STORED = {"producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"};

    private static LogConfig stored(String type) {
        return AS_SENT.with(new LogConfig.Compression(type, -1, 9, 3));
    }

    static Stream<Object[]> codecsAndTypes() {
        return Arrays.stream(CompressionType.values())
                .flatMap(codec -> Arrays.stream(STORED).map(type -> new Object[] {codec, type}));
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void aBatchIsKeptAsItCameByDefault(CompressionType codec) {
        ByteBuffer batch = Batches.at(codec, 100, NOW, NOW - 5, NOW + 7);
        Valid valid = valid(BatchIntake.take(batch, AS_SENT, NOW));
        assertThat(valid.bytes()).isSameAs(batch);
        assertThat(valid.header()).isEqualTo(BatchHeader.parse(batch, 0));
        assertThat(valid.logAppendTimeMs()).isEqualTo(-1);
        assertThat(BatchIntake.needsRecords(valid.header(), AS_SENT)).isFalse();
    }

    @ParameterizedTest
    @MethodSource("codecsAndTypes")
    void everyCodecBecomesEveryOther(CompressionType codec, String type) {
        SimpleRecord[] sent = {
            new SimpleRecord(NOW - 3, "a".getBytes(UTF_8), new byte[5_000], new RecordHeader[] {
                new RecordHeader("trace", "x".getBytes(UTF_8)), new RecordHeader("empty", null)
            }),
            new SimpleRecord(NOW + 4, null, "no key".getBytes(UTF_8)),
            new SimpleRecord(NOW, "c".getBytes(UTF_8), null)
        };
        ByteBuffer batch = Batches.of(codec, 77, (short) 3, 40, sent);

        Valid valid = valid(BatchIntake.take(batch.asReadOnlyBuffer(), stored(type), NOW));

        CompressionType wanted = type.equals("producer") ? codec : BatchIntake.codec(type);
        MutableRecordBatch stored = batchOf(valid.bytes());
        stored.ensureValid();
        assertThat(stored.compressionType()).isEqualTo(wanted);
        assertThat(stored.producerId()).isEqualTo(77);
        assertThat(stored.producerEpoch()).isEqualTo((short) 3);
        assertThat(stored.baseSequence()).isEqualTo(40);
        assertThat(stored.maxTimestamp()).isEqualTo(NOW + 4);
        assertThat(stored.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
        assertThat(texts(valid.bytes())).isEqualTo(texts(batch));
        assertThat(valid.header()).isEqualTo(BatchHeader.parse(valid.bytes(), 0));
    }

    @Test
    void anyBatchUnderAnySettingsHoldsTheSameRecords() throws Exception {
        Seeds.run("batch intake", 300, random -> {
            ByteBuffer batch = Batches.random(random, 40, 600, NOW);
            boolean own = random.nextBoolean();
            LogConfig config = stored(STORED[random.nextInt(STORED.length)])
                    .with(new LogConfig.Timestamps(own, random.nextBoolean() ? Long.MAX_VALUE : 60, 60));
            byte[] before = bytes(batch);

            Valid valid = valid(BatchIntake.take(batch, config, NOW));

            assertThat(bytes(batch)).isEqualTo(before);
            assertThat(BatchRules.crcOf(valid.bytes(), 0, valid.bytes().remaining()))
                    .isEqualTo(valid.header().crc());
            assertThat(valid.header().sizeInBytes()).isEqualTo(valid.bytes().remaining());
            List<Record> sent = records(batch);
            List<Record> kept = records(valid.bytes());
            assertThat(kept).hasSameSizeAs(sent);
            for (int i = 0; i < sent.size(); i++) {
                assertThat(kept.get(i).offset()).isEqualTo(sent.get(i).offset());
                assertThat(kept.get(i).key()).isEqualTo(sent.get(i).key());
                assertThat(kept.get(i).value()).isEqualTo(sent.get(i).value());
                assertThat(kept.get(i).timestamp())
                        .isEqualTo(own ? NOW : sent.get(i).timestamp());
            }
            long newest = sent.stream().mapToLong(Record::timestamp).max().orElseThrow();
            assertThat(valid.header().maxTimestamp()).isEqualTo(own ? NOW : newest);
        });
    }

    @Test
    void whateverIsInsideABatchItIsTakenOrRefused() throws Exception {
        Seeds.run("broken insides", 2_000, random -> {
            ByteBuffer broken = Batches.changed(Batches.random(random, 5, 200, NOW), copy -> scramble(copy, random));
            LogConfig config = random.nextBoolean() ? COMPACTED : stored(STORED[1 + random.nextInt(STORED.length - 1)]);
            BatchCheck check = BatchIntake.take(broken, config, NOW);
            if (!BatchIntake.needsRecords(BatchHeader.parse(broken, 0), config)) {
                assertThat(valid(check).bytes()).isSameAs(broken);
            } else if (check instanceof Valid valid) {
                batchOf(valid.bytes()).ensureValid();
                assertThat(records(valid.bytes())).hasSize(valid.header().recordCount());
            } else {
                assertThat(((Invalid) check).message()).isNotBlank();
            }
        });
    }

    private static void scramble(ByteBuffer batch, SplittableRandom random) {
        int records = batch.limit() - BatchHeader.SIZE;
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            batch.put(BatchHeader.SIZE + random.nextInt(records), (byte) random.nextInt());
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void theLeadersTimeReplacesAllOthers(CompressionType codec) {
        ByteBuffer batch = Batches.at(codec, 100, 5, NOW + 99_999_999_999L, -1);
        Valid valid = valid(BatchIntake.take(batch, OWN_TIME, NOW));
        MutableRecordBatch stored = batchOf(valid.bytes());
        stored.ensureValid();
        assertThat(valid.logAppendTimeMs()).isEqualTo(NOW);
        assertThat(stored.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(stored.maxTimestamp()).isEqualTo(NOW);
        assertThat(records(valid.bytes())).allMatch(record -> record.timestamp() == NOW);
        assertThat(BatchHeader.parse(batch, 0).hasLogAppendTime()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void timestampsFarFromTheClockAreRefused(CompressionType codec) {
        valid(BatchIntake.take(Batches.at(codec, 10, NOW - 1_000, NOW + 2_000), STRICT, NOW));
        valid(BatchIntake.take(Batches.at(codec, 10, -1), STRICT, NOW));
        for (long wrong : new long[] {NOW - 1_001, NOW + 2_001, 0, Long.MAX_VALUE}) {
            Invalid invalid = invalid(BatchIntake.take(Batches.at(codec, 10, wrong), STRICT, NOW));
            assertThat(invalid.reason()).isEqualTo(Reason.INVALID_TIMESTAMP);
            assertThat(invalid.message()).contains(Long.toString(wrong), "message.timestamp");
        }
    }

    @Test
    void theRecordsAtFaultAreNamed() {
        ByteBuffer batch = Batches.at(CompressionType.NONE, 10, NOW, NOW - 5_000, NOW + 1, NOW + 5_000);
        Invalid late = invalid(BatchIntake.take(batch, STRICT, NOW));
        assertThat(late.reason()).isEqualTo(Reason.INVALID_TIMESTAMP);
        assertThat(late.records()).extracting(RecordFault::index).containsExactly(1, 3);

        ByteBuffer onlyOld = Batches.at(CompressionType.NONE, 10, NOW, NOW - 5_000, NOW + 1);
        assertThat(invalid(BatchIntake.take(onlyOld, STRICT, NOW)).records())
                .extracting(RecordFault::index)
                .containsExactly(1);
        ByteBuffer ahead = Batches.at(CompressionType.NONE, 10, NOW, NOW + 4_000_000);
        assertThat(invalid(BatchIntake.take(ahead, AS_SENT, NOW)).records())
                .extracting(RecordFault::index)
                .containsExactly(1);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void aCompactedTopicNeedsKeys(CompressionType codec) {
        SimpleRecord keyed = new SimpleRecord(NOW, "k".getBytes(UTF_8), "v".getBytes(UTF_8));
        SimpleRecord keyless = new SimpleRecord(NOW, null, "v".getBytes(UTF_8));
        ByteBuffer good = Batches.of(codec, keyed, keyed);
        assertThat(valid(BatchIntake.take(good, COMPACTED, NOW)).bytes()).isSameAs(good);
        ByteBuffer bad = Batches.of(codec, keyed, keyless, keyless);
        Invalid invalid = invalid(BatchIntake.take(bad, COMPACTED, NOW));
        assertThat(invalid.reason()).isEqualTo(Reason.INVALID);
        assertThat(invalid.records()).extracting(RecordFault::index).containsExactly(1, 2);
        assertThat(invalid.message()).contains("Compacted topic cannot accept message without key");
        valid(BatchIntake.take(bad, AS_SENT, NOW));
    }

    @Test
    void aListOfFaultsHasAnEnd() {
        ByteBuffer batch = Batches.at(CompressionType.NONE, 1, new long[1_000]);
        assertThat(invalid(BatchIntake.take(batch, STRICT, NOW)).records()).hasSize(RecordWalk.MOST_FAULTS);
    }

    @Test
    void aBatchThatGrowsPastTheLimitIsRefused() {
        ByteBuffer small = Batches.at(CompressionType.ZSTD, 100_000, NOW);
        LogConfig config = stored("uncompressed").withMaxMessageBytes(50_000);
        Invalid invalid = invalid(BatchIntake.take(small, config, NOW));
        assertThat(invalid.reason()).isEqualTo(Reason.TOO_LARGE);
        assertThat(invalid.message()).contains("uncompressed", "50000");
        valid(BatchIntake.take(small, stored("gzip").withMaxMessageBytes(50_000), NOW));
    }

    @ParameterizedTest
    @EnumSource(
            value = CompressionType.class,
            names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void aBatchThatUnpacksToFarTooMuchIsRefused(CompressionType codec) {
        int limit = BatchIntake.unpackedLimit(1);
        ByteBuffer bomb = Batches.at(codec, limit, NOW);
        Optional<String> why = Optional.of(BatchPacking.unpack(bomb, BatchHeader.parse(bomb, 0), limit))
                .filter(BatchPacking.Unreadable.class::isInstance)
                .map(unreadable -> ((BatchPacking.Unreadable) unreadable).message());
        assertThat(why).hasValueSatisfying(message -> assertThat(message).contains(Integer.toString(limit)));
        assertThat(BatchPacking.unpack(bomb, BatchHeader.parse(bomb, 0), limit + 100))
                .isInstanceOf(BatchPacking.Unpacked.class);
    }

    @Test
    void snappyBlocksThatLieAboutTheirSizeAreNotAllocated() {
        ByteBuffer bare = ByteBuffer.wrap(new byte[] {-1, -1, -1, -1, 7, 0, 0, 0});
        assertThat(SnappyFrames.fit(bare, Integer.MAX_VALUE - 1)).isFalse();
        ByteBuffer framed = Batches.at(CompressionType.SNAPPY, 1_000, NOW);
        ByteBuffer blocks = framed.slice(BatchHeader.SIZE, framed.remaining() - BatchHeader.SIZE);
        assertThat(SnappyFrames.fit(blocks, 2_000)).isTrue();
        assertThat(SnappyFrames.fit(blocks, 500)).isFalse();
        blocks.putInt(16, Integer.MAX_VALUE);
        assertThat(SnappyFrames.fit(blocks, Integer.MAX_VALUE)).isFalse();
        blocks.putInt(16, -1);
        assertThat(SnappyFrames.fit(blocks, Integer.MAX_VALUE)).isFalse();
    }

    @Test
    void bareSnappyAsOtherClientsWriteItIsRead() throws Exception {
        ByteBuffer plain = Batches.at(CompressionType.NONE, 300, NOW, NOW + 1);
        byte[] records = Arrays.copyOfRange(bytes(plain), BatchHeader.SIZE, plain.remaining());
        byte[] packed = org.xerial.snappy.Snappy.compress(records);
        ByteBuffer batch = ByteBuffer.allocate(BatchHeader.SIZE + packed.length)
                .put(plain.slice(0, BatchHeader.SIZE))
                .put(packed)
                .flip();
        BatchHeader.writeSize(batch, 0, batch.remaining());
        BatchHeader.writeCodec(batch, 0, CompressionType.SNAPPY.id);
        BatchHeader.writeCrc(batch, 0, BatchRules.crcOf(batch, 0, batch.remaining()));

        Valid valid = valid(BatchIntake.take(batch, stored("lz4"), NOW));
        assertThat(texts(valid.bytes())).isEqualTo(texts(plain));
    }

    @Test
    void levelsCount() {
        byte[] text = new byte[200_000];
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) ('a' + random.nextInt(1, 5) * random.nextInt(1, 5));
        }
        ByteBuffer batch = Batches.of(CompressionType.NONE, new SimpleRecord(NOW, text));
        assertThat(size(batch, new LogConfig.Compression("gzip", 1, 9, 3)))
                .isGreaterThan(size(batch, new LogConfig.Compression("gzip", 9, 9, 3)));
        assertThat(size(batch, new LogConfig.Compression("lz4", -1, 1, 3)))
                .isGreaterThanOrEqualTo(size(batch, new LogConfig.Compression("lz4", -1, 17, 3)));
        assertThat(size(batch, new LogConfig.Compression("zstd", -1, 9, -100)))
                .isGreaterThan(size(batch, new LogConfig.Compression("zstd", -1, 9, 15)));
    }

    private static int size(ByteBuffer batch, LogConfig.Compression compression) {
        return valid(BatchIntake.take(batch, AS_SENT.with(compression), NOW))
                .bytes()
                .remaining();
    }

    @Test
    void offsetsInsideMustCountFromZero() {
        ByteBuffer batch = Batches.at(CompressionType.NONE, 1, NOW, NOW);
        // The offset delta of the second record: records of the same shape are equally long.
        int length = (batch.remaining() - BatchHeader.SIZE) / 2;
        ByteBuffer wrong = Batches.changed(batch, copy -> copy.put(BatchHeader.SIZE + length + 3, (byte) 4));
        Invalid invalid = invalid(BatchIntake.take(wrong, COMPACTED, NOW));
        assertThat(invalid.reason()).isEqualTo(Reason.INVALID);
        assertThat(invalid.message()).contains("record 1 has offset 2");
    }

    private static Valid valid(BatchCheck check) {
        assertThat(check).isInstanceOf(Valid.class);
        return (Valid) check;
    }

    private static Invalid invalid(BatchCheck check) {
        assertThat(check).isInstanceOf(Invalid.class);
        return (Invalid) check;
    }

    private static MutableRecordBatch batchOf(ByteBuffer batch) {
        return MemoryRecords.readableRecords(batch.duplicate()).batchIterator().next();
    }

    private static List<Record> records(ByteBuffer batch) {
        List<Record> records = new ArrayList<>();
        batchOf(batch).forEach(records::add);
        return records;
    }

    private static List<String> texts(ByteBuffer batch) {
        return records(batch).stream()
                .map(record -> record.offset() + " " + record.timestamp() + " " + record.sequence() + " "
                        + text(record.key()) + " " + text(record.value()) + " " + Arrays.toString(record.headers()))
                .toList();
    }

    private static String text(ByteBuffer bytes) {
        return bytes == null ? "null" : UTF_8.decode(bytes.duplicate()).toString();
    }

    private static byte[] bytes(ByteBuffer batch) {
        byte[] all = new byte[batch.remaining()];
        batch.duplicate().get(all);
        return all;
    }
}
