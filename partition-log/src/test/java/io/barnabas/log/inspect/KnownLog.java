package io.barnabas.log.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.barnabas.log.index.IndexEntry;
import io.barnabas.log.index.IndexSink;
import io.barnabas.log.index.Indexes;
import io.barnabas.log.index.LogIndex;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.Batches;
import io.barnabas.log.segment.Pending;
import io.barnabas.log.segment.SegmentLog;
import io.barnabas.log.segment.SegmentLogConfig;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** A log as a node leaves it in its log directory: 20 batches of two records each in several segments, with an index. */
final class KnownLog {

    static final int BATCHES = 20;
    private static final SegmentLogConfig CONFIG = new SegmentLogConfig(1_000, 3_600_000, 200);

    final UUID group = UUID.fromString("11111111-2222-3333-4444-555555555555");
    final Path data;
    final Path root;
    final Path segments;

    /** A batch's place. */
    record Place(Path file, long position, BatchHeader header) {}

    KnownLog(Path data, CompressionType codec) throws IOException {
        this.data = data;
        this.root = data.resolve("partitions").resolve(group.toString());
        this.segments = root.resolve("log");
        Files.createDirectories(root);
        Files.writeString(root.resolve("partition.properties"), "topic=orders\npartition=3\n");
        try (LogIndex index = Indexes.open(data.resolve("index"));
                SegmentLog log = SegmentLog.open(segments, CONFIG, index.partition(group), 0)) {
            for (int i = 0; i < BATCHES; i++) {
                log.append(List.of(batch(codec, i)), 1_000);
            }
            log.flush();
            index.flush();
        }
    }

    private static Pending batch(CompressionType codec, int number) {
        byte[] value = "a value that is long enough to be packed well packed well packed well".getBytes(UTF_8);
        ByteBuffer bytes = Batches.of(
                codec,
                7,
                (short) 0,
                2 * number,
                new SimpleRecord(5_000 + 10L * number, ("key-" + number).getBytes(UTF_8), value),
                new SimpleRecord(5_001 + 10L * number, null, value));
        BatchHeader header = BatchHeader.parse(bytes, 0).placedAt(2L * number, number < 10 ? 1 : 2);
        return Pending.of(header, bytes);
    }

    List<Path> files() throws IOException {
        return ReadOnlyFiles.INSTANCE.list(segments).stream()
                .filter(file -> file.getFileName().toString().endsWith(".log"))
                .toList();
    }

    List<Place> places() throws IOException {
        List<Place> places = new ArrayList<>();
        for (Path file : files()) {
            try (SegmentWalk walk = new SegmentWalk(file)) {
                for (SegmentWalk.Step step = walk.next(0); step != null; step = walk.next(0)) {
                    SegmentWalk.Batch batch = (SegmentWalk.Batch) step;
                    places.add(new Place(file, batch.position(), batch.header()));
                }
            }
        }
        return places;
    }

    /** Turns one bit. */
    static void flip(Path file, long position) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.seek(position);
            int old = access.read();
            access.seek(position);
            access.write(old ^ 0x10);
        }
    }

    /** Adds an entry to the index. */
    void index(IndexEntry entry) throws IOException {
        try (LogIndex index = Indexes.open(data.resolve("index"))) {
            IndexSink sink = index.partition(group);
            sink.restore(entry);
            index.flush();
        }
    }

    void withoutIndex() throws IOException {
        for (Path file : ReadOnlyFiles.INSTANCE.list(data.resolve("index"))) {
            Files.delete(file);
        }
        Files.delete(data.resolve("index"));
    }

    List<Finding> verify() throws IOException {
        return verify(data);
    }

    static List<Finding> verify(Path path) throws IOException {
        List<Finding> findings = new ArrayList<>();
        for (ReplicaFiles replica : ReplicaFiles.at(path)) {
            LogVerifier.verify(replica, findings::add);
        }
        return findings;
    }
}
