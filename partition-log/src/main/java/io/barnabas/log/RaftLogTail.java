package io.barnabas.log;

import io.barnabas.log.rules.LogEntry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedOutputStream;
import org.apache.ratis.util.SizeInBytes;

/**
 * The Raft log of a replica as it lies on disk before Ratis opens it. Ratis reloads entries without asking whether
 * their state machine data survived, so the replica compares both first and cuts off entries whose batch is missing.
 */
final class RaftLogTail {

    /** Bytes that begin every Ratis log file, before its first entry. */
    private static final int FILE_HEADER_BYTES = 8;

    private static final int CHECKSUM_BYTES = 4;
    private static final SizeInBytes MAX_ENTRY = SizeInBytes.valueOf("64MB");

    private final List<Entry> entries;
    private final long lastIndex;

    private RaftLogTail(List<Entry> entries, long lastIndex) {
        this.entries = entries;
        this.lastIndex = lastIndex;
    }

    /**
     * An append in the Raft log.
     *
     * @param file the log file it stands in
     * @param position where its frame begins in that file
     */
    record Entry(long index, long term, LogEntry.Append append, LogSegmentPath file, long position) {}

    /** Reads the appends above {@code snapshotIndex}, in order. */
    static RaftLogTail read(RaftStorage storage, long snapshotIndex) throws IOException {
        List<Entry> entries = new ArrayList<>();
        long[] last = {-1};
        for (LogSegmentPath file : LogSegmentPath.getLogSegmentPaths(storage)) {
            Span span = Span.of(file.getPath());
            if (span.endsBy(snapshotIndex)) {
                last[0] = span.end().getAsLong();
                continue;
            }
            long[] position = {FILE_HEADER_BYTES};
            LogSegment.readSegmentFile(
                    file.getPath().toFile(),
                    file.getStartEnd(),
                    MAX_ENTRY,
                    CorruptionPolicy.WARN_AND_RETURN,
                    null,
                    entry -> {
                        last[0] = entry.getIndex();
                        if (entry.getIndex() > snapshotIndex
                                && entry.hasStateMachineLogEntry()
                                && decode(entry) instanceof LogEntry.Append append) {
                            entries.add(new Entry(entry.getIndex(), entry.getTerm(), append, file, position[0]));
                        }
                        position[0] += frameBytes(entry);
                    });
            if (span.end().isPresent() && last[0] < span.end().getAsLong()) {
                // Only the newest file may end in what a crash has torn; this one was forced and closed.
                throw new LostDataException("Raft log file " + file.getPath() + " is damaged at byte " + position[0]
                        + ": entry " + (last[0] + 1) + " and those up to "
                        + span.end().getAsLong()
                        + " cannot be read");
            }
        }
        return new RaftLogTail(entries, last[0]);
    }

    List<Entry> entries() {
        return entries;
    }

    /** Index of the last entry of any kind, -1 when the log is empty. */
    long lastIndex() {
        return lastIndex;
    }

    /** Makes durable what the open file holds, and the names of all files; there is nothing to do for an empty log. */
    static void force(RaftStorage storage) throws IOException {
        Path directory = storage.getStorageDir().getCurrentDir().toPath();
        List<LogSegmentPath> files = LogSegmentPath.getLogSegmentPaths(storage);
        if (files.isEmpty()) {
            return;
        }
        for (LogSegmentPath file : files) {
            if (Span.of(file.getPath()).end().isEmpty()) {
                try (FileChannel channel = FileChannel.open(file.getPath(), StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
        try (FileChannel names = FileChannel.open(directory)) {
            names.force(true);
        }
    }

    /** Removes {@code first} and all entries after it from the Raft log on disk. */
    static void cutFrom(RaftStorage storage, Entry first) throws IOException {
        List<LogSegmentPath> files = LogSegmentPath.getLogSegmentPaths(storage);
        for (LogSegmentPath file : files.reversed()) {
            if (Span.of(file.getPath()).start() > first.index()) {
                Files.delete(file.getPath());
            }
        }
        Path path = first.file().getPath();
        Span span = Span.of(path);
        if (span.start() == first.index()) {
            Files.delete(path);
        } else {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                channel.truncate(first.position());
                channel.force(true);
            }
            if (span.end().isPresent()) {
                Files.move(path, path.resolveSibling("log_" + span.start() + "-" + (first.index() - 1)));
            }
        }
        try (FileChannel directory = FileChannel.open(path.getParent())) {
            directory.force(true);
        }
    }

    static LogEntry decode(LogEntryProto entry) {
        return LogEntry.decode(entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
    }

    /**
     * The Raft indexes in a log file, as its name tells.
     *
     * @param end the last one, empty while the file is still written to
     */
    record Span(long start, OptionalLong end) {

        private static final Pattern NAME = Pattern.compile("log_(?:inprogress_(\\d+)|(\\d+)-(\\d+))");

        static Span of(Path file) {
            Matcher name = NAME.matcher(file.getFileName().toString());
            if (!name.matches()) {
                throw new IllegalArgumentException(file + " is no Raft log file");
            }
            return name.group(1) != null
                    ? new Span(Long.parseLong(name.group(1)), OptionalLong.empty())
                    : new Span(Long.parseLong(name.group(2)), OptionalLong.of(Long.parseLong(name.group(3))));
        }

        boolean endsBy(long index) {
            return end.isPresent() && end.getAsLong() <= index;
        }
    }

    private static long frameBytes(LogEntryProto entry) {
        int size = entry.getSerializedSize();
        return CodedOutputStream.computeUInt32SizeNoTag(size) + (long) size + CHECKSUM_BYTES;
    }
}
