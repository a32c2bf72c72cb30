package io.barnabas.log.compact;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.LogConfig;
import io.barnabas.log.PartitionReplica.TimestampOffset;
import io.barnabas.log.index.IndexSink;
import io.barnabas.log.index.Indexes;
import io.barnabas.log.index.LogIndex;
import io.barnabas.log.rules.CleanPlan;
import io.barnabas.log.rules.Seeds;
import io.barnabas.log.segment.SegmentLog;
import io.barnabas.log.segment.SegmentLogConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random appends, cleanings, trims and reopenings: the log always holds what compaction by hand leaves. */
class CompactionModelTest {

    private static final int STEPS = 120;

    @TempDir
    Path temp;

    private int cleanings;
    private int passes;

    @Test
    void withoutAnIndex() throws Exception {
        Seeds.run("compaction", 12, random -> run(random, null));
        assertThat(cleanings).isPositive();
        assertThat(passes).as("a small map needs several passes").isGreaterThan(cleanings);
    }

    @Test
    void withAnIndex() throws Exception {
        try (LogIndex index = Indexes.open(Files.createDirectory(temp.resolve("index")))) {
            Seeds.run("compaction with an index", 2, random -> run(random, index));
        }
    }

    private void run(SplittableRandom random, LogIndex index) throws IOException {
        Path directory = Files.createTempDirectory(temp, "log");
        IndexSink sink = index == null ? IndexSink.NONE : index.partition(UUID.randomUUID());
        int segmentBytes = 500 + random.nextInt(4_000);
        LogConfig config = LogConfig.DEFAULT
                .with(new LogConfig.Segments(segmentBytes, 1_000 + random.nextInt(2_000), random.nextInt(600)))
                .with(new LogConfig.Compaction(
                        true, 1 + random.nextInt(3_000), random.nextInt(2) * random.nextInt(1_000), Long.MAX_VALUE, 0));
        LogCleaner cleaner = new LogCleaner(
                KeyMap.SLOT * (2L + random.nextInt(random.nextBoolean() ? 5 : 200)), IoThrottle.NONE, () -> false);
        KeyedLog model = new KeyedLog(random, 1 + random.nextInt(60));
        SegmentLog log = SegmentLog.open(directory, SegmentLogConfig.of(config), sink, 0);
        long now = 1_000_000;
        try {
            for (int step = 0; step < STEPS; step++) {
                now += random.nextInt(100);
                switch (random.nextInt(16)) {
                    case 0 -> {
                        log.flush();
                        log.close();
                        log = SegmentLog.open(directory, SegmentLogConfig.of(config), sink, 0);
                        assertThat(log.recovery().cut()).isEmpty();
                    }
                    case 1 -> {
                        log.trimTo(log.logStartOffset()
                                + random.nextLong(1 + (log.logEndOffset() - log.logStartOffset()) / 4));
                        model.trimmed(log.logStartOffset());
                    }
                    case 2, 3 -> {
                        clean(cleaner, log, config, model, random, now);
                        now += random.nextInt(2) * 1_000;
                    }
                    default -> model.append(log, now);
                }
                model.check(log);
                checkTimes(log, model, random);
            }
        } finally {
            log.deleteAll();
        }
    }

    private void clean(
            LogCleaner cleaner, SegmentLog log, LogConfig config, KeyedLog model, SplittableRandom random, long now)
            throws IOException {
        long finalTo = random.nextBoolean() ? log.logEndOffset() : random.nextLong(log.logEndOffset() + 1);
        OwnedLog owned = new OwnedLog(log, config, finalTo, model.lastOffsets());
        CleanPlan plan = LogCleaner.plan(owned, now);
        assertThat(plan.toOffset()).isLessThanOrEqualTo(Math.max(plan.fromOffset(), finalTo));
        assertThat(plan.due()).isEqualTo(plan.toOffset() > plan.fromOffset());
        if (!plan.due()) {
            return;
        }
        long lag = config.compaction().minLagMs();
        assertThat(model.expected().subMap(plan.fromOffset(), plan.toOffset()).values())
                .as("records younger than the lag stay out of it")
                .allMatch(each -> lag == 0 || each.timestamp() <= now - lag);
        Optional<CleanReport> report = cleaner.clean(owned, plan, now);
        assertThat(report.orElseThrow().cleanedTo()).isEqualTo(plan.toOffset());
        assertThat(log.cleanedTo()).isEqualTo(plan.toOffset());
        model.cleaned(plan.toOffset(), now, config.compaction());
        cleanings++;
        passes += report.get().passes();
        assertThat(LogCleaner.plan(owned, now).due()).isFalse();
    }

    private static void checkTimes(SegmentLog log, KeyedLog model, SplittableRandom random) throws IOException {
        long end = log.logEndOffset();
        long max = model.expected().values().stream()
                .mapToLong(KeyedLog.Written::timestamp)
                .max()
                .orElse(-1);
        long target = max - random.nextInt(300);
        assertThat(log.find(target, 0, end).offset())
                .as("first at or after %d", target)
                .isEqualTo(model.expected().values().stream()
                        .filter(each -> each.timestamp() >= target)
                        .mapToLong(KeyedLog.Written::offset)
                        .findFirst()
                        .orElse(-1));
        TimestampOffset largest = log.findMaxTimestamp(0, end);
        assertThat(largest.offset())
                .isEqualTo(model.expected().values().stream()
                        .filter(each -> each.timestamp() == max)
                        .mapToLong(KeyedLog.Written::offset)
                        .findFirst()
                        .orElse(-1));
    }
}
