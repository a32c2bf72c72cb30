package io.barnabas.log.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.index.IndexSink;
import io.barnabas.log.rules.Batches;
import io.barnabas.log.rules.Seeds;
import io.barnabas.log.segment.Fixture.Stored;
import io.barnabas.log.segment.PowerLossFiles.PowerLost;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Histories of a log whose power goes at each single write, sync and change of a name, and what the log is afterwards:
 * all that a flush has vouched for, in order and whole, and nothing that was not written.
 */
class PowerLossTest {

    private static final Path DIRECTORY = Path.of("/log");
    private static final SegmentLogConfig CONFIG = new SegmentLogConfig(1_500, 3_600_000, 300);
    private static final int OPERATIONS = 24;
    private static final int IMAGES = 3;

    @Test
    void nothingFlushedIsLostWheneverThePowerGoes() throws Exception {
        Seeds.run("power loss", 15, random -> {
            long seed = random.nextLong();
            long steps = new History(seed, Long.MAX_VALUE).run();
            for (long step = 0; step <= steps; step++) {
                for (int image = 0; image < IMAGES; image++) {
                    History history = new History(seed, step);
                    history.run();
                    history.checkAfterPowerLoss(new SplittableRandom(seed + 31 * step + image));
                }
            }
        });
    }

    /** One run of a log, and what is known of it when the power goes. */
    private static final class History {

        private final SplittableRandom random;
        private final PowerLossFiles files;
        private final String name;
        private SegmentLog log;
        /** What the log holds if the operation under way has no effect, and if it has. */
        private List<Stored> before = List.of();

        private List<Stored> after = List.of();
        /** Offsets below which a flush has vouched for the log, and below which it was trimmed at most. */
        private long durable;

        private long trimmed;
        private long recoveryOffset;

        History(long seed, long cutAtStep) {
            this.random = new SplittableRandom(seed);
            this.files = new PowerLossFiles(random.split());
            this.name = "seed " + seed + ", power cut at step " + cutAtStep;
            if (cutAtStep < Long.MAX_VALUE) {
                files.cutPowerAtStep(cutAtStep);
            }
        }

        /** Runs until the power goes, or to the end; gives the steps. */
        long run() throws IOException {
            try {
                open();
                for (int i = 0; i < OPERATIONS; i++) {
                    operate();
                    before = after;
                }
            } catch (PowerLost | DiskFault e) {
                assertThat(files.isLost()).as(name).isTrue();
            }
            return files.steps();
        }

        private void open() throws IOException {
            log = SegmentLog.open(files, DIRECTORY, CONFIG, IndexSink.NONE, recoveryOffset);
        }

        private void operate() throws IOException {
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3, 4 -> append();
                case 5, 6, 7 -> flush();
                case 8 -> truncate();
                case 9 -> trim();
                case 10 -> restart(true);
                default -> restart(false);
            }
        }

        private void append() throws IOException {
            List<Stored> batches = new ArrayList<>();
            long next = log.logEndOffset();
            for (int i = random.nextInt(4); i >= 0; i--) {
                Stored batch = Fixture.stored(Batches.random(random, 3, 300, 1_000), next, 1);
                batches.add(batch);
                next = batch.header().nextOffset();
            }
            after = new ArrayList<>(before);
            after.addAll(batches);
            log.append(
                    batches.stream()
                            .map(batch -> Fixture.pending(batch, random))
                            .toList(),
                    0);
        }

        private void flush() throws IOException {
            durable = log.flush();
            if (random.nextBoolean()) {
                // As if a snapshot told so: what lies below is no longer checked at an open.
                recoveryOffset = durable;
            }
        }

        /** Never below what a snapshot holds, which is committed. */
        private void truncate() throws IOException {
            List<Stored> kept = before.stream()
                    .filter(batch -> batch.header().nextOffset() <= recoveryOffset || random.nextInt(8) > 0)
                    .toList();
            long offset = kept.isEmpty()
                    ? log.logStartOffset()
                    : kept.getLast().header().nextOffset();
            offset = Math.max(offset, Math.max(recoveryOffset, log.logStartOffset()));
            long end = offset;
            after = before.stream()
                    .filter(batch -> batch.header().nextOffset() <= end)
                    .toList();
            durable = Math.min(durable, end);
            log.truncateTo(end);
            durable = Math.max(durable, Math.min(end, recoveryOffset));
        }

        private void trim() throws IOException {
            if (recoveryOffset > log.logStartOffset()) {
                long offset = random.nextLong(log.logStartOffset(), recoveryOffset);
                trimmed = Math.max(trimmed, offset);
                log.trimTo(offset);
            }
        }

        private void restart(boolean clean) throws IOException {
            if (clean) {
                log.closeCleanly();
                durable = after.isEmpty() ? durable : after.getLast().header().nextOffset();
            } else {
                log.close();
            }
            open();
            assertThat(log.recovery().clean()).as(name).isEqualTo(clean);
        }

        void checkAfterPowerLoss(SplittableRandom chance) throws IOException {
            SegmentLog opened =
                    SegmentLog.open(files.afterPowerLoss(chance), DIRECTORY, CONFIG, IndexSink.NONE, recoveryOffset);
            assertThat(opened.logEndOffset()).as(name).isGreaterThanOrEqualTo(durable);
            assertThat(opened.logStartOffset()).as(name).isLessThanOrEqualTo(trimmed);
            boolean whole = holds(opened, before) || holds(opened, after);
            assertThat(whole)
                    .as(
                            "%s: offsets %d to %d are what was written there",
                            name, opened.logStartOffset(), opened.logEndOffset())
                    .isTrue();
            // It goes on as if nothing had been.
            Stored more = Fixture.stored(Batches.random(chance, 3, 300, 1_000), opened.logEndOffset(), 2);
            opened.append(List.of(Fixture.pending(more, chance)), 0);
            assertThat(opened.flush()).as(name).isEqualTo(more.header().nextOffset());
            assertThat(opened.readBatch(more.header().baseOffset())).as(name).isEqualTo(more.bytes());
            opened.closeCleanly();
        }

        private static boolean holds(SegmentLog log, List<Stored> written) throws IOException {
            List<Stored> expected = written.stream()
                    .filter(batch -> batch.header().baseOffset() >= log.logStartOffset()
                            && batch.header().nextOffset() <= log.logEndOffset())
                    .toList();
            ByteBuffer content = Fixture.contentOf(log);
            return content.equals(Fixture.joined(expected));
        }
    }
}
