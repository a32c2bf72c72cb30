package io.barnabas.log.inspect;

import io.barnabas.log.ReplicaSnapshot;
import io.barnabas.log.StartOffsetFile;
import io.barnabas.log.directory.PartitionProperties;
import io.barnabas.log.index.IndexEntry;
import io.barnabas.log.index.IndexReader;
import io.barnabas.log.inspect.ReplicaFiles.SegmentPath;
import io.barnabas.log.inspect.SegmentWalk.Batch;
import io.barnabas.log.inspect.SegmentWalk.Unreadable;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.segment.LogNotes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.Record;

/**
 * Shows what the files of a replica hold, as a stream of items: a kind (partition, snapshot, epoch, producer, segment,
 * batch, record, damaged, index) and named values.
 */
public final class LogDump {

    private static final int UNKNOWN_CODEC = 5;

    private final ReplicaFiles replica;
    private final Options options;
    private final BiConsumer<String, Map<String, Object>> items;
    private int epoch = -1;

    /**
     * What is shown.
     *
     * @param deep whether records are
     * @param from batches that end below are left out
     * @param to batches that begin at or above are left out
     */
    public record Options(boolean deep, long from, long to) {

        private boolean holds(BatchHeader header) {
            return header.nextOffset() > from && header.baseOffset() < to;
        }
    }

    private LogDump(ReplicaFiles replica, Options options, BiConsumer<String, Map<String, Object>> items) {
        this.replica = replica;
        this.options = options;
        this.items = items;
    }

    /** Gives the items of one replica to {@code items}, one at a time. */
    public static void dump(ReplicaFiles replica, Options options, BiConsumer<String, Map<String, Object>> items)
            throws IOException {
        new LogDump(replica, options, items).run();
    }

    private void run() throws IOException {
        if (replica.only().isEmpty()) {
            partition();
            snapshots();
        }
        List<SegmentPath> segments = replica.segmentFiles();
        for (int i = 0; i < segments.size(); i++) {
            long end = i + 1 < segments.size() ? segments.get(i + 1).baseOffset() : Long.MAX_VALUE;
            if (segments.get(i).baseOffset() < options.to() && end > options.from()) {
                segment(segments.get(i));
            }
        }
        if (replica.only().isEmpty()) {
            index();
        }
    }

    private void partition() throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("directory", replica.root().orElse(replica.segments()).toString());
        if (replica.root().isPresent()) {
            PartitionProperties name = PartitionProperties.read(replica.root().get());
            fields.put("topic", name.topic());
            fields.put("partition", name.partition());
        }
        replica.groupId().ifPresent(group -> fields.put("group", group.toString()));
        fields.put("in_use", replica.isInUse());
        fields.put("start_offset", startOffset());
        fields.put("compacted_to", LogNotes.cleanedTo(ReadOnlyFiles.INSTANCE, replica.segments()));
        fields.put(
                "closed_cleanly",
                LogNotes.closedWith(ReadOnlyFiles.INSTANCE, replica.segments()).isPresent());
        items.accept("partition", fields);
    }

    private Object startOffset() {
        try {
            return StartOffsetFile.read(ReadOnlyFiles.INSTANCE, replica.segments())
                    .offset();
        } catch (IOException e) {
            return "damaged";
        }
    }

    private void snapshots() throws IOException {
        if (replica.root().isEmpty()) {
            return;
        }
        List<SnapshotFile> files = SnapshotFile.in(replica.root().get());
        for (SnapshotFile file : files) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("file", file.file().getFileName().toString());
            fields.put("term", file.term());
            fields.put("index", file.index());
            ReplicaSnapshot snapshot;
            try {
                snapshot = file.read();
            } catch (NoSuchFileException e) {
                // A running node has replaced it by a newer one meanwhile.
                continue;
            } catch (IOException e) {
                fields.put("fault", e.getMessage());
                items.accept("snapshot", fields);
                continue;
            }
            fields.put("start_offset", snapshot.logStartOffset());
            fields.put("high_watermark", snapshot.highWatermark());
            fields.put("producers", snapshot.producers().entries().size());
            items.accept("snapshot", fields);
            if (file.equals(files.getLast())) {
                content(snapshot);
            }
        }
    }

    private void content(ReplicaSnapshot snapshot) {
        snapshot.epochs()
                .starts()
                .forEach(start -> items.accept(
                        "epoch", ordered("source", "snapshot", "epoch", start.epoch(), "offset", start.startOffset())));
        snapshot.producers()
                .entries()
                .forEach(entry -> entry.batches()
                        .forEach(sent -> items.accept(
                                "producer",
                                ordered(
                                        "producer",
                                        entry.producerId(),
                                        "epoch",
                                        entry.epoch(),
                                        "first_sequence",
                                        sent.firstSequence(),
                                        "last_sequence",
                                        sent.lastSequence(),
                                        "first_offset",
                                        sent.firstOffset(),
                                        "last_offset",
                                        sent.lastOffset(),
                                        "seen",
                                        sent.timestamp()))));
    }

    private void segment(SegmentPath segment) throws IOException {
        try (SegmentWalk walk = new SegmentWalk(segment.file())) {
            items.accept(
                    "segment",
                    ordered(
                            "file",
                            segment.file().getFileName().toString(),
                            "base_offset",
                            segment.baseOffset(),
                            "bytes",
                            walk.size()));
            long next = segment.baseOffset();
            for (SegmentWalk.Step step = walk.next(next); step != null; step = walk.next(next)) {
                switch (step) {
                    case Batch batch -> {
                        next = batch.header().baseOffset() + 1;
                        batch(batch);
                    }
                    case Unreadable lost ->
                        items.accept(
                                "damaged",
                                ordered("position", lost.position(), "bytes", lost.bytes(), "fault", lost.fault()));
                }
            }
        } catch (NoSuchFileException e) {
            if (!replica.isInUse()) {
                throw e;
            }
            items.accept("segment", ordered("file", segment.file().getFileName().toString(), "fault", "deleted now"));
        }
    }

    private void batch(Batch batch) {
        BatchHeader header = batch.header();
        if (header.partitionLeaderEpoch() != epoch) {
            epoch = header.partitionLeaderEpoch();
            items.accept("epoch", ordered("source", "log", "epoch", epoch, "offset", header.baseOffset()));
        }
        if (!options.holds(header)) {
            return;
        }
        Map<String, Object> fields = ordered(
                "offset",
                header.baseOffset(),
                "last_offset",
                header.lastOffset(),
                "position",
                batch.position(),
                "bytes",
                header.sizeInBytes(),
                "records",
                header.recordCount(),
                "epoch",
                header.partitionLeaderEpoch(),
                "codec",
                codec(header),
                "timestamp_type",
                header.hasLogAppendTime() ? "LogAppendTime" : "CreateTime",
                "base_timestamp",
                header.baseTimestamp(),
                "max_timestamp",
                header.maxTimestamp(),
                "producer",
                header.producerId(),
                "producer_epoch",
                header.producerEpoch(),
                "sequence",
                header.baseSequence(),
                "transactional",
                header.isTransactional(),
                "control",
                header.isControl(),
                "delete_horizon",
                header.hasDeleteHorizon(),
                "crc",
                HexFormat.of().toHexDigits(header.crc()),
                "crc_fits",
                batch.bytes().isPresent());
        items.accept("batch", fields);
        if (options.deep() && batch.bytes().isPresent()) {
            BatchContent.of(header, batch.bytes().get(), this::record)
                    .fault()
                    .ifPresent(fault -> items.accept(
                            "damaged",
                            ordered("position", batch.position(), "bytes", header.sizeInBytes(), "fault", fault)));
        }
    }

    private static String codec(BatchHeader header) {
        int id = header.compressionId();
        return id < UNKNOWN_CODEC ? CompressionType.forId(id).name : "unknown (" + id + ")";
    }

    private void record(Record record) {
        if (record.offset() < options.from() || record.offset() >= options.to()) {
            return;
        }
        Map<String, Object> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), header.value() == null ? null : text(ByteBuffer.wrap(header.value())));
        }
        items.accept(
                "record",
                ordered(
                        "offset",
                        record.offset(),
                        "timestamp",
                        record.timestamp(),
                        "sequence",
                        record.sequence(),
                        "key",
                        record.hasKey() ? text(record.key()) : null,
                        "value",
                        record.hasValue() ? text(record.value()) : null,
                        "headers",
                        headers));
    }

    /** As text, or in hex when the bytes are no text. */
    static String text(ByteBuffer bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(bytes.duplicate())
                    .toString();
            boolean printable =
                    text.codePoints().allMatch(c -> !Character.isISOControl(c) || c == '\n' || c == '\r' || c == '\t');
            if (printable) {
                return text;
            }
        } catch (CharacterCodingException e) {
            // Below.
        }
        byte[] raw = new byte[bytes.remaining()];
        bytes.duplicate().get(raw);
        return "0x" + HexFormat.of().formatHex(raw);
    }

    private void index() throws IOException {
        Optional<Path> directory = replica.index();
        if (directory.isEmpty() || replica.groupId().isEmpty()) {
            return;
        }
        if (replica.isInUse()) {
            items.accept("index", ordered("left_out", "a node runs and has the index open"));
            return;
        }
        UUID group = replica.groupId().get();
        try (IndexReader reader = IndexReader.open(directory.get())) {
            entries("offset", reader.offsets(group));
            entries("time", reader.times(group));
        } catch (IOException e) {
            items.accept("index", ordered("fault", e.getMessage()));
        }
    }

    private void entries(String kind, IndexReader.Cursor<IndexEntry> entries) throws IOException {
        try (entries) {
            for (Optional<IndexEntry> at = entries.current(); at.isPresent(); at = entries.current()) {
                IndexEntry entry = at.get();
                if (entry.offset() >= options.from() && entry.offset() < options.to()) {
                    items.accept(
                            "index",
                            ordered(
                                    "by",
                                    kind,
                                    "offset",
                                    entry.offset(),
                                    "segment",
                                    entry.segmentBase(),
                                    "position",
                                    entry.position(),
                                    "max_timestamp_before",
                                    entry.maxTimestamp(),
                                    "at_offset",
                                    entry.maxTimestampOffset()));
                }
                entries.advance();
            }
        }
    }

    private static Map<String, Object> ordered(Object... namesAndValues) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return fields;
    }
}
