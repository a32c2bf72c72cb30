package io.barnabas.log.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.PartitionReplica.TimestampOffset;
import io.barnabas.log.index.IndexSink;
import io.barnabas.log.index.Indexes;
import io.barnabas.log.index.LogIndex;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.Batches;
import io.barnabas.log.rules.Seeds;
import io.barnabas.log.segment.Fixture.Stored;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random appends, truncations, reopenings and lost indexes: the log is at all times the list of its batches. */
class SegmentLogModelTest {

    private static final int STEPS = 60;

    @TempDir
    Path temp;

    @Test
    void withoutAnIndex() throws Exception {
        Seeds.run("log without index", 60, random -> run(random, false));
    }

    @Test
    void withAnIndex() throws Exception {
        Seeds.run("log with index", 12, random -> run(random, true));
    }

    private void run(SplittableRandom random, boolean indexed) throws IOException {
        Path directory = Files.createTempDirectory(temp, "log");
        Path indexDirectory = Files.createTempDirectory(temp, "index");
        UUID partition = new UUID(random.nextLong(), random.nextLong());
        SegmentLogConfig config = new SegmentLogConfig(1_000 + random.nextInt(5_000), 1_000, random.nextInt(600));
        LogIndex index = indexed ? Indexes.open(indexDirectory) : null;
        SegmentLog log = open(directory, config, index, partition, 0);
        List<Stored> model = new ArrayList<>();
        long now = 0;
        int epoch = 1;
        try {
            for (int step = 0; step < STEPS; step++) {
                now += random.nextInt(100);
                switch (random.nextInt(12)) {
                    case 0 -> {
                        long to = random.nextLong(log.logEndOffset() + 1);
                        log.truncateTo(to);
                        model.removeIf(batch -> batch.header().nextOffset() > to);
                        epoch++;
                    }
                    case 1 -> {
                        log.flush();
                        log.close();
                        if (indexed && random.nextBoolean()) {
                            index.close();
                            if (random.nextBoolean()) {
                                IndexFiles.lose(indexDirectory);
                            }
                            index = Indexes.open(indexDirectory);
                        }
                        log = open(directory, config, index, partition, random.nextLong(log.logEndOffset() + 2));
                    }
                    case 2 -> {
                        if (indexed) {
                            index.flush();
                        }
                    }
                    default -> append(log, model, random, epoch, now);
                }
                check(log, model, random);
            }
            assertThat(Fixture.contentOf(log)).isEqualTo(Fixture.joined(model));
        } finally {
            log.close();
            if (indexed) {
                index.close();
            }
        }
    }

    private static SegmentLog open(
            Path directory, SegmentLogConfig config, LogIndex index, UUID partition, long recoveryOffset)
            throws IOException {
        IndexSink sink = index == null ? IndexSink.NONE : index.partition(partition);
        SegmentLog log = SegmentLog.open(directory, config, sink, recoveryOffset);
        assertThat(log.recovery().cut()).isEmpty();
        return log;
    }

    private static void append(SegmentLog log, List<Stored> model, SplittableRandom random, int epoch, long now)
            throws IOException {
        List<Pending> pending = new ArrayList<>();
        long next = log.logEndOffset();
        for (int n = 1 + random.nextInt(8); n > 0; n--) {
            Stored batch =
                    Fixture.stored(compacted(Batches.random(random, 5, 200, 1_000 + now / 10), random), next, epoch);
            pending.add(Fixture.pending(batch, random));
            model.add(batch);
            next = batch.header().nextOffset() + (random.nextInt(4) == 0 ? random.nextInt(9) : 0);
        }
        log.append(pending, now);
    }

    /** The batch, now and then with only some of its records or none, as compaction leaves it. */
    private static ByteBuffer compacted(ByteBuffer batch, SplittableRandom random) {
        return switch (random.nextInt(8)) {
            case 0 -> Batches.filtered(batch, record -> false);
            case 1 -> Batches.filtered(batch, record -> random.nextBoolean());
            default -> batch;
        };
    }

    private static void check(SegmentLog log, List<Stored> model, SplittableRandom random) throws IOException {
        long end = model.isEmpty() ? 0 : model.getLast().header().nextOffset();
        assertThat(log.logEndOffset()).isEqualTo(end);
        assertThat(log.sizeInBytes())
                .isEqualTo(model.stream()
                        .mapToLong(batch -> batch.bytes().remaining())
                        .sum());
        if (model.isEmpty()) {
            return;
        }
        Stored any = model.get(random.nextInt(model.size()));
        assertThat(log.readBatch(any.header().baseOffset())).isEqualTo(any.bytes());

        long offset = random.nextLong(end);
        long upper = random.nextBoolean() ? end : random.nextLong(end + 1);
        int max = random.nextInt(3_000);
        boolean atLeastOne = random.nextBoolean();
        ByteBuffer bytes = Fixture.bytesOf(log.slice(offset, upper, max, atLeastOne));
        List<BatchHeader> got = Fixture.batchesIn(bytes);
        List<Stored> due = model.stream()
                .filter(batch ->
                        batch.header().nextOffset() > offset && batch.header().nextOffset() <= upper)
                .toList();
        assertThat(got)
                .isEqualTo(due.stream().limit(got.size()).map(Stored::header).toList());
        if (!due.isEmpty()) {
            boolean firstFits = due.getFirst().bytes().remaining() <= max;
            assertThat(got.isEmpty()).isEqualTo(!firstFits && !atLeastOne);
            assertThat(got.size() <= 1 || bytes.limit() <= max).isTrue();
        }

        checkTimes(log, model, random);

        List<BatchHeader> scanned = new ArrayList<>();
        log.scan(offset, upper, (header, position) -> scanned.add(header));
        assertThat(scanned)
                .isEqualTo(model.stream()
                        .map(Stored::header)
                        .filter(header -> header.nextOffset() > offset && header.baseOffset() < upper)
                        .filter(header -> offset < upper)
                        .toList());
    }

    private static void checkTimes(SegmentLog log, List<Stored> model, SplittableRandom random) throws IOException {
        long upper = model.get(random.nextInt(model.size())).header().nextOffset();
        List<TimestampOffset> records = Fixture.timesOf(model).stream()
                .filter(record -> record.offset() < upper)
                .toList();
        long max =
                records.stream().mapToLong(TimestampOffset::timestampMs).max().orElse(1_000);
        long target = max - 100 + random.nextInt(110);
        assertThat(log.find(target, 0, upper))
                .as("first at or after %d below offset %d", target, upper)
                .isEqualTo(Fixture.first(records, record -> record.timestampMs() >= target));
        assertThat(log.findMaxTimestamp(0, upper))
                .as("largest below offset %d", upper)
                .isEqualTo(Fixture.first(records, record -> record.timestampMs() == max));
    }
}
