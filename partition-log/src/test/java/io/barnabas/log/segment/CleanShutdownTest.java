package io.barnabas.log.segment;

import static io.barnabas.log.segment.Fixture.CONFIG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.log.index.IndexSink;
import io.barnabas.log.rules.Batches;
import io.barnabas.log.segment.Fixture.Stored;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that was closed in good order opens without a look into its segments, and one that was not does not. */
class CleanShutdownTest {

    @TempDir
    Path directory;

    private final DiskFaults disk = new DiskFaults();
    private final SplittableRandom random = new SplittableRandom(5);
    private final List<Stored> written = new ArrayList<>();

    @Test
    void opensWithoutReadingASegment() throws IOException {
        fillAndClose();
        long before = disk.segmentReads();
        try (SegmentLog log = open(0)) {
            assertThat(disk.segmentReads()).isEqualTo(before);
            assertThat(log.recovery().clean()).isTrue();
            assertThat(log.recovery().batchesChecked()).isZero();
            assertThat(Fixture.contentOf(log)).isEqualTo(Fixture.joined(written));
            assertThat(log.logEndOffset()).isEqualTo(written.getLast().header().nextOffset());
            append(log, 5);
            assertThat(Fixture.contentOf(log)).isEqualTo(Fixture.joined(written));
        }
    }

    @Test
    void knowsOfEachSegmentWhatItKnewBefore() throws IOException {
        List<?> facts;
        try (SegmentLog log = open(0)) {
            append(log, 30);
            facts = log.facts();
            log.closeCleanly();
        }
        try (SegmentLog log = open(0)) {
            assertThat(log.recovery().clean()).isTrue();
            assertThat(log.facts()).isEqualTo(facts);
        }
    }

    @Test
    void isForgottenOnceTheLogIsOpen() throws IOException {
        fillAndClose();
        open(0).close();
        assertThat(directory.resolve("clean-shutdown")).doesNotExist();
        try (SegmentLog log = open(0)) {
            assertThat(log.recovery().clean()).isFalse();
            assertThat(log.recovery().batchesChecked()).isEqualTo(written.size());
        }
    }

    @Test
    void oneThatWasTornIsNotBelieved() throws IOException {
        fillAndClose();
        Path marker = directory.resolve("clean-shutdown");
        byte[] whole = Files.readAllBytes(marker);
        for (int size = 0; size < whole.length; size += 13) {
            Files.write(marker, Arrays.copyOf(whole, size));
            try (SegmentLog log = open(0)) {
                assertThat(log.recovery().clean()).isFalse();
                assertThat(Fixture.contentOf(log)).isEqualTo(Fixture.joined(written));
            }
            assertThat(marker).doesNotExist();
        }
    }

    @Test
    void aMissingSegmentIsNamedAtEveryStart() throws IOException {
        fillAndClose();
        List<Path> segments = segments();
        for (Path lost : List.of(segments.getFirst(), segments.get(1), segments.getLast())) {
            byte[] content = Files.readAllBytes(lost);
            Files.delete(lost);
            for (int start = 0; start < 2; start++) {
                assertThatThrownBy(() -> open(0))
                        .isInstanceOf(CorruptLogException.class)
                        .hasMessageContaining(lost.toString())
                        .hasMessageContaining("missing");
            }
            Files.write(lost, content);
        }
        assertThat(Fixture.contentOf(open(0))).isEqualTo(Fixture.joined(written));
    }

    @Test
    void aTruncatedSegmentIsNamedAtEveryStart() throws IOException {
        fillAndClose();
        Path shortened = segments().getLast();
        try (FileChannel channel = FileChannel.open(shortened, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 1);
        }
        for (int start = 0; start < 2; start++) {
            assertThatThrownBy(() -> open(0))
                    .isInstanceOf(CorruptLogException.class)
                    .hasMessageContaining(shortened.toString())
                    .hasMessageContaining("when the log was closed");
        }
    }

    @Test
    void isNotWrittenWhenTheLastSyncFails() throws IOException {
        SegmentLog log = open(0);
        append(log, 10);
        disk.failSyncs(new IOException("Input/output error"));
        assertThatThrownBy(log::closeCleanly).hasMessageContaining("Input/output error");
        disk.failSyncs(null);
        try (SegmentLog again = open(0)) {
            assertThat(again.recovery().clean()).isFalse();
        }
    }

    @Test
    void whatACrashedProcessLeftInThePageCacheIsSyncedBeforeItCounts() throws IOException {
        SegmentLog crashed = open(0);
        append(crashed, 10);
        crashed.close();
        try (SegmentLog log = open(0)) {
            long before = disk.syncs();
            assertThat(log.flush()).isEqualTo(log.logEndOffset());
            assertThat(disk.syncs() - before).isEqualTo(log.segments());
        }
    }

    private void fillAndClose() throws IOException {
        SegmentLog log = open(0);
        append(log, 30);
        assertThat(log.segments()).isGreaterThan(3);
        log.closeCleanly();
    }

    private List<Path> segments() throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    private SegmentLog open(long recoveryOffset) throws IOException {
        return SegmentLog.open(disk, directory, CONFIG, IndexSink.NONE, recoveryOffset);
    }

    private void append(SegmentLog log, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            ByteBuffer batch = Batches.random(random, 3, 200, 1_000);
            Stored stored = Fixture.stored(batch, log.logEndOffset(), 1);
            log.append(List.of(Fixture.pending(stored, random)), 77);
            written.add(stored);
        }
    }
}
