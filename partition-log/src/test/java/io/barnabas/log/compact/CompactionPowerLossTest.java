package io.barnabas.log.compact;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.LogConfig;
import io.barnabas.log.compact.KeyedLog.Written;
import io.barnabas.log.index.IndexSink;
import io.barnabas.log.rules.CleanPlan;
import io.barnabas.log.rules.Seeds;
import io.barnabas.log.segment.PowerLossFiles;
import io.barnabas.log.segment.SegmentLog;
import io.barnabas.log.segment.SegmentLogConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A cleaning whose power goes at each single write, sync and change of a name: the log holds what it held before, less
 * some of what the cleaning was to remove, and the next cleaning comes to the same end.
 */
class CompactionPowerLossTest {

    private static final Path DIRECTORY = Path.of("/log");
    private static final long NOW = 1_000_000;
    private static final int IMAGES = 3;

    @Test
    void aCutIsAsIfLessHadBeenCleaned() throws Exception {
        Seeds.run("power loss in a cleaning", 2, random -> {
            long seed = random.nextLong();
            long steps = new History(seed, Long.MAX_VALUE).run();
            assertThat(steps).as("steps of a cleaning").isGreaterThan(5);
            for (long step = 0; step < steps; step++) {
                for (int image = 0; image < IMAGES; image++) {
                    History history = new History(seed, step);
                    history.run();
                    history.check(new SplittableRandom(seed + 31 * step + image));
                }
            }
        });
    }

    private static final class History {

        private final PowerLossFiles files;
        private final KeyedLog model;
        private final LogConfig config;
        private final LogCleaner cleaner;
        private final SplittableRandom random;
        private final long cutAtStep;
        private TreeMap<Long, Written> before;

        History(long seed, long cutAtStep) {
            this.random = new SplittableRandom(seed);
            this.cutAtStep = cutAtStep;
            this.files = new PowerLossFiles(random.split());
            this.model = new KeyedLog(random.split(), 1 + random.nextInt(20));
            this.config = LogConfig.DEFAULT
                    .with(new LogConfig.Segments(600 + random.nextInt(600), 3_600_000, 300))
                    .with(new LogConfig.Compaction(true, 1_000, 0, Long.MAX_VALUE, 0));
            this.cleaner =
                    new LogCleaner(random.nextBoolean() ? 10 * KeyMap.SLOT : 1 << 20, IoThrottle.NONE, () -> false);
        }

        private SegmentLog open(PowerLossFiles on) throws IOException {
            return SegmentLog.open(on, DIRECTORY, SegmentLogConfig.of(config), IndexSink.NONE, 0);
        }

        /** Cleans twice, the power going in the second cleaning; gives the steps of that. */
        long run() throws IOException {
            SegmentLog log = open(files);
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 25; i++) {
                    model.append(log, NOW);
                }
                log.flush();
                if (round == 0) {
                    clean(log, NOW);
                }
            }
            before = new TreeMap<>(model.expected());
            long begun = files.steps();
            if (cutAtStep < Long.MAX_VALUE) {
                files.cutPowerAtStep(cutAtStep);
            }
            try {
                clean(log, NOW + 2_000);
            } catch (IOException e) {
                assertThat(files.isLost()).isTrue();
                model.cleaned(plan(log).toOffset(), NOW + 2_000, config.compaction());
            }
            return files.steps() - begun;
        }

        private CleanPlan plan(SegmentLog log) {
            return LogCleaner.plan(owned(log), NOW + 2_000);
        }

        private OwnedLog owned(SegmentLog log) {
            return new OwnedLog(log, config, log.logEndOffset(), model.lastOffsets());
        }

        private void clean(SegmentLog log, long nowMs) throws IOException {
            OwnedLog owned = owned(log);
            CleanPlan plan = LogCleaner.plan(owned, nowMs);
            assertThat(cleaner.clean(owned, plan, nowMs)).isPresent();
            model.cleaned(plan.toOffset(), nowMs, config.compaction());
        }

        void check(SplittableRandom chance) throws IOException {
            PowerLossFiles disk = files.afterPowerLoss(chance);
            SegmentLog log = open(disk);
            assertThat(log.recovery().cut()).isEmpty();
            assertThat(disk.list(DIRECTORY))
                    .noneMatch(file ->
                            file.toString().endsWith(".swap") || file.toString().endsWith(".cleaned"));
            Map<Long, Written> found = new TreeMap<>();
            for (ByteBuffer batch : KeyedLog.batchesOf(log)) {
                found.putAll(KeyedLog.recordsOf(batch));
            }
            assertThat(found.keySet()).containsAll(model.expected().keySet());
            assertThat(before).containsAllEntriesOf(found);

            CleanPlan plan = plan(log);
            if (plan.due()) {
                assertThat(cleaner.clean(owned(log), plan, NOW + 2_000)).isPresent();
            }
            model.check(log);
            log.close();
        }
    }
}
