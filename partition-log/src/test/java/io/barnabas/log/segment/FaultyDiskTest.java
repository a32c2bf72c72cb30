package io.barnabas.log.segment;

import static io.barnabas.log.segment.Fixture.CONFIG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.log.index.IndexSink;
import io.barnabas.log.rules.Batches;
import io.barnabas.log.segment.Fixture.Stored;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultyDiskTest {

    @TempDir
    Path directory;

    private final FaultyFiles files = new FaultyFiles();
    private final SplittableRandom random = new SplittableRandom(21);
    private final List<Stored> written = new ArrayList<>();

    @Test
    void aDiskThatFillsUpAtAnyByteLeavesWholeBatches() throws IOException {
        for (boolean truncateFails : new boolean[] {false, true}) {
            try (SegmentLog log = open()) {
                for (int room = 0; room < 700; room += 3) {
                    List<Stored> batches = next(log, 3);
                    int total = Fixture.joined(batches).remaining();
                    files.room(Math.min(room, total - 1));
                    files.truncateFails(truncateFails);
                    assertThatThrownBy(() -> append(log, batches))
                            .isInstanceOf(IOException.class)
                            .hasMessageMatching(".*(No space left.*|truncate failed)");
                    files.room(Long.MAX_VALUE);
                    files.truncateFails(false);
                    // A roll between the three may have let the first of them in.
                    long end = log.logEndOffset();
                    batches.stream()
                            .filter(batch -> batch.header().nextOffset() <= end)
                            .forEach(written::add);
                    assertThat(Fixture.contentOf(log)).isEqualTo(Fixture.joined(written));
                    if (random.nextInt(3) == 0) {
                        List<Stored> more = next(log, 1);
                        append(log, more);
                        written.addAll(more);
                    }
                }
            }
            try (SegmentLog log = open()) {
                assertThat(Fixture.contentOf(log)).isEqualTo(Fixture.joined(written));
            }
        }
    }

    @Test
    void aFailedFlushIsToldAndNeverTakenBack() throws IOException {
        try (SegmentLog log = open()) {
            log.flush();
            List<Stored> batches = next(log, 12);
            append(log, batches);
            assertThat(log.segments()).isGreaterThan(1);
            files.calls().clear();
            files.syncFails(true);
            assertThatThrownBy(log::flush).hasMessageContaining("sync failed");
            assertThatThrownBy(log::flush).hasMessageContaining("sync failed");
            assertThat(files.calls()).isEmpty();
            files.syncFails(false);

            // The system may have dropped the pages: a sync that succeeds now would say nothing about them.
            assertThatThrownBy(log::flush)
                    .hasMessageContaining("00000000000000000000.log")
                    .hasMessageContaining("sync failed");
            assertThat(files.calls())
                    .as("files that failed are not synced again")
                    .isEmpty();
        }
    }

    @Test
    void aFlushSyncsWhatWasWrittenAndNothingTwice() throws IOException {
        try (SegmentLog log = open()) {
            log.flush();
            append(log, next(log, 12));
            assertThat(log.segments()).isGreaterThan(1);
            files.calls().clear();
            assertThat(log.flush()).isEqualTo(log.logEndOffset());
            assertThat(files.calls()).hasSize(log.segments() + 1).last().isEqualTo("sync directory");
            files.calls().clear();
            log.flush();
            assertThat(files.calls()).as("nothing is left to be synced").isEmpty();
        }
    }

    @Test
    void aFlushSyncsOnlyWhatChanged() throws IOException {
        try (SegmentLog log = open()) {
            append(log, next(log, 1));
            log.flush();
            files.calls().clear();
            append(log, next(log, 1));
            log.flush();
            assertThat(files.calls()).containsExactly("sync 00000000000000000000.log");
        }
    }

    @Test
    void truncationLeavesNoGapAtAnyMoment() throws IOException {
        try (SegmentLog log = open()) {
            append(log, next(log, 30));
            log.flush();
            assertThat(log.segments()).isGreaterThan(3);
            files.calls().clear();
            log.truncateTo(1);
            List<String> deletions = files.calls().stream()
                    .filter(call -> call.startsWith("delete"))
                    .toList();
            assertThat(deletions).isSortedAccordingTo((a, b) -> b.compareTo(a)).hasSizeGreaterThan(2);
            assertThat(files.calls().subList(deletions.size(), files.calls().size()))
                    .containsExactly(
                            "sync directory", "truncate 00000000000000000000.log", "sync 00000000000000000000.log");
        }
    }

    private SegmentLog open() throws IOException {
        return SegmentLog.open(files, directory, CONFIG, IndexSink.NONE, 0);
    }

    private List<Stored> next(SegmentLog log, int count) {
        List<Stored> batches = new ArrayList<>();
        long offset = log.logEndOffset();
        for (int i = 0; i < count; i++) {
            Stored batch = Fixture.stored(Batches.random(random, 3, 200, 1_000), offset, 1);
            batches.add(batch);
            offset = batch.header().nextOffset();
        }
        return batches;
    }

    private void append(SegmentLog log, List<Stored> batches) throws IOException {
        log.append(batches.stream().map(batch -> Fixture.pending(batch, random)).toList(), 0);
    }
}
