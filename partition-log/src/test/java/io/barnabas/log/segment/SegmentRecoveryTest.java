package io.barnabas.log.segment;

import static io.barnabas.log.segment.Fixture.CONFIG;
import static io.barnabas.log.segment.Fixture.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.log.index.IndexSink;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.Batches;
import io.barnabas.log.segment.Fixture.Stored;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentRecoveryTest {

    private static final SegmentLogConfig ONE_SEGMENT = new SegmentLogConfig(1 << 20, 3_600_000, 300);

    @TempDir
    Path directory;

    private final List<Stored> written = new ArrayList<>();
    private byte[] whole;

    @BeforeEach
    void writeBatches() throws IOException {
        CompressionType[] codecs = CompressionType.values();
        try (SegmentLog log = SegmentLog.open(directory, ONE_SEGMENT, IndexSink.NONE, 0)) {
            for (int i = 0; i < 8; i++) {
                ByteBuffer batch = Batches.at(codecs[i % codecs.length], 10 + i * 9, i, i + 1);
                Stored next = stored(batch, log.logEndOffset(), 2);
                log.append(List.of(Pending.of(next.header(), batch)), 0);
                written.add(next);
            }
            log.flush();
        }
        whole = Files.readAllBytes(file(0));
    }

    @Test
    void everyCutLeavesTheWholeBatchesBeforeIt() throws IOException {
        for (int size = 0; size <= whole.length; size++) {
            Files.write(file(0), Arrays.copyOf(whole, size));
            List<Stored> expected = wholeBatchesIn(size);
            int kept = Fixture.joined(expected).remaining();
            try (SegmentLog log = open(0)) {
                assertLogIs(log, expected, "cut at " + size);
                assertThat(Files.size(file(0))).isEqualTo(kept);
                if (size == kept) {
                    assertThat(log.recovery().cut()).isEmpty();
                } else {
                    RecoveryReport.Cut cut = log.recovery().cut().orElseThrow();
                    assertThat(cut.position()).isEqualTo(kept);
                    assertThat(cut.offset()).isEqualTo(log.logEndOffset());
                    assertThat(cut.droppedBytes()).isEqualTo(size - kept);
                    assertThat(cut.reason()).isNotBlank();
                }
                assertThat(log.recovery().batchesChecked()).isEqualTo(expected.size());
                assertGoesOn(log, expected);
            }
        }
    }

    @Test
    void everyCutOfTheTailLeavesTrustedBatchesUnchecked() throws IOException {
        int durable = 5;
        long recoveryOffset = written.get(durable).header().baseOffset();
        int durableBytes = Fixture.joined(written.subList(0, durable)).remaining();
        for (int size = durableBytes; size <= whole.length; size++) {
            Files.write(file(0), Arrays.copyOf(whole, size));
            try (SegmentLog log = open(recoveryOffset)) {
                List<Stored> expected = wholeBatchesIn(size);
                assertLogIs(log, expected, "cut at " + size);
                assertThat(log.recovery().batchesChecked()).isEqualTo(expected.size() - durable);
            }
        }
    }

    @Test
    void aCutBelowTheRecoveryOffsetIsAnError() throws IOException {
        long recoveryOffset = written.get(5).header().baseOffset();
        int position = Fixture.joined(written.subList(0, 4)).remaining();
        Files.write(file(0), Arrays.copyOf(whole, position + 70));
        assertThatThrownBy(() -> open(recoveryOffset))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining(file(0).toString())
                .hasMessageContaining("byte " + position);
        assertThat(Files.size(file(0))).as("nothing is changed").isEqualTo(position + 70L);
    }

    @Test
    void everyDamagedByteCutsAtItsBatch() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        for (int at = 0; at < whole.length; at++) {
            int batch = batchAt(at);
            int inBatch = at - Fixture.joined(written.subList(0, batch)).remaining();
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 + random.nextInt(255));
            Files.write(file(0), damaged);
            try (SegmentLog log = open(0)) {
                // The leader epoch is outside the CRC and free to be anything.
                boolean unseen = inBatch >= 12 && inBatch < 16;
                BatchHeader now = BatchHeader.parse(ByteBuffer.wrap(damaged), at - inBatch);
                if (now.baseOffset() > written.get(batch).header().baseOffset()) {
                    // So is the offset, which looks like one after a gap until another batch follows.
                    assertThat(log.logEndOffset()).isEqualTo(now.nextOffset());
                    assertThat(log.recovery().cut().isPresent()).isEqualTo(batch < written.size() - 1);
                    continue;
                }
                int kept = unseen ? written.size() : batch;
                assertThat(log.logEndOffset())
                        .as("byte %d of batch %d", inBatch, batch)
                        .isEqualTo(
                                kept == 0 ? 0 : written.get(kept - 1).header().nextOffset());
                assertThat(log.recovery().cut().isPresent()).isEqualTo(!unseen);
            }
        }
    }

    @Test
    void zerosAndGarbageAfterTheLastBatchAreCut() throws IOException {
        SplittableRandom random = new SplittableRandom(2);
        for (int length : new int[] {1, 11, 12, 60, 61, 62, 500, 5_000, 70_000}) {
            byte[] garbage = new byte[length];
            for (boolean zeros : new boolean[] {true, false}) {
                if (!zeros) {
                    random.nextBytes(garbage);
                }
                byte[] file = Arrays.copyOf(whole, whole.length + length);
                System.arraycopy(garbage, 0, file, whole.length, length);
                Files.write(file(0), file);
                try (SegmentLog log = open(0)) {
                    assertLogIs(log, written, length + " bytes of garbage");
                    assertThat(log.recovery().cut()).isPresent();
                }
            }
        }
    }

    @Test
    void aBatchThatDoesNotFollowIsCut() throws IOException {
        ByteBuffer stale = written.get(3).bytes();
        byte[] file = Arrays.copyOf(whole, whole.length + stale.remaining());
        stale.get(0, file, whole.length, stale.remaining());
        Files.write(file(0), file);
        try (SegmentLog log = open(0)) {
            assertLogIs(log, written, "stale batch");
            assertThat(log.recovery().cut().orElseThrow().reason()).contains("must follow");
        }
    }

    @Test
    void whatFollowsADamagedSegmentGoesToo() throws IOException {
        Path rolled = directory.resolve("rolled");
        List<Stored> batches = writeRolled(rolled);
        List<Path> files = filesOf(rolled);
        assertThat(files).hasSizeGreaterThan(4);
        Path damaged = files.get(2);
        byte[] bytes = Files.readAllBytes(damaged);
        bytes[bytes.length - 1] ^= 1;
        Files.write(damaged, bytes);
        long dropped = 0;
        for (Path later : files.subList(3, files.size())) {
            dropped += Files.size(later);
        }

        try (SegmentLog log = SegmentLog.open(rolled, CONFIG, IndexSink.NONE, 0)) {
            RecoveryReport.Cut cut = log.recovery().cut().orElseThrow();
            assertThat(cut.file()).isEqualTo(damaged);
            assertThat(cut.droppedBytes()).isGreaterThan(dropped);
            assertThat(filesOf(rolled)).isEqualTo(files.subList(0, 3));
            List<Stored> kept = batches.stream()
                    .filter(batch -> batch.header().nextOffset() <= cut.offset())
                    .toList();
            assertLogIs(log, kept, "damaged segment");
            assertGoesOn(log, kept);
        }
    }

    @Test
    void aMissingSegmentEndsTheLogOrIsAnError() throws IOException {
        Path rolled = directory.resolve("rolled");
        List<Stored> batches = writeRolled(rolled);
        List<Path> files = filesOf(rolled);
        long missing = Long.parseLong(files.get(2).getFileName().toString().replace(".log", ""));
        Files.delete(files.get(2));

        assertThatThrownBy(() -> SegmentLog.open(rolled, CONFIG, IndexSink.NONE, missing + 1))
                .isInstanceOf(CorruptLogException.class);
        assertThat(filesOf(rolled)).hasSize(files.size() - 1);
        try (SegmentLog log = SegmentLog.open(rolled, CONFIG, IndexSink.NONE, missing)) {
            assertLogIs(
                    log,
                    batches.stream()
                            .filter(batch -> batch.header().baseOffset() < missing)
                            .toList(),
                    "missing segment");
            assertThat(filesOf(rolled)).isEqualTo(files.subList(0, 2));
        }
    }

    @Test
    void aWholeLogIsReopenedAsItWas() throws IOException {
        Path rolled = directory.resolve("rolled");
        List<Stored> batches = writeRolled(rolled);
        for (long recoveryOffset : new long[] {0, 7, Long.MAX_VALUE}) {
            try (SegmentLog log = SegmentLog.open(rolled, CONFIG, IndexSink.NONE, recoveryOffset)) {
                assertLogIs(log, batches, "recovery from " + recoveryOffset);
                assertThat(log.recovery().cut()).isEmpty();
            }
        }
    }

    private List<Stored> writeRolled(Path rolled) throws IOException {
        List<Stored> batches = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(3);
        try (SegmentLog log = SegmentLog.open(rolled, CONFIG, IndexSink.NONE, 0)) {
            for (int i = 0; i < 40; i++) {
                Stored next = stored(Batches.random(random, 4, 300, 1_000), log.logEndOffset(), 1);
                log.append(List.of(Fixture.pending(next, random)), 0);
                batches.add(next);
            }
        }
        return batches;
    }

    private static List<Path> filesOf(Path rolled) throws IOException {
        try (var files = Files.list(rolled)) {
            return files.sorted().toList();
        }
    }

    private SegmentLog open(long recoveryOffset) throws IOException {
        return SegmentLog.open(directory, ONE_SEGMENT, IndexSink.NONE, recoveryOffset);
    }

    private Path file(long base) {
        return SegmentRecovery.fileOf(directory, base);
    }

    private List<Stored> wholeBatchesIn(int size) {
        int end = 0;
        int count = 0;
        while (count < written.size() && end + written.get(count).bytes().remaining() <= size) {
            end += written.get(count).bytes().remaining();
            count++;
        }
        return written.subList(0, count);
    }

    private int batchAt(int position) {
        return wholeBatchesIn(position).size();
    }

    private static void assertLogIs(SegmentLog log, List<Stored> batches, String what) throws IOException {
        assertThat(Fixture.contentOf(log)).as(what).isEqualTo(Fixture.joined(batches));
        assertThat(Fixture.headersOf(log))
                .as(what)
                .isEqualTo(batches.stream().map(Stored::header).toList());
    }

    private static void assertGoesOn(SegmentLog log, List<Stored> before) throws IOException {
        Stored next = stored(Batches.at(CompressionType.NONE, 5, 9), log.logEndOffset(), 4);
        log.append(List.of(Pending.of(next.header(), next.bytes())), 0);
        List<Stored> all = new ArrayList<>(before);
        all.add(next);
        assertLogIs(log, all, "after another batch");
    }
}
