package io.barnabas.log;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.apache.ratis.util.SizeInBytes;

/**
 * Makes a replica, which is not open, the only member of its Raft group, so that it elects itself and commits all that
 * it holds. Ratis keeps two files beside its log: {@code raft-meta}, with term and vote, and {@code raft-meta.conf}, with
 * the newest configuration that was applied. One in the log with a higher index goes before the latter; so the new one
 * stands for the entry after the log's last, which the replica writes as its first act as leader.
 */
final class LoneMember {

    private static final String META = "raft-meta";
    private static final String CONFIGURATION = "raft-meta.conf";
    private static final String TERM = "term";
    private static final String VOTE = "votedFor";
    private static final Pattern SNAPSHOT = Pattern.compile("snapshot\\.(\\d+)_(\\d+)");
    private static final SizeInBytes MAX_ENTRY = SizeInBytes.valueOf("64MB");

    private final Path raft;
    private final Path snapshots;

    /** @param root the replica's directory */
    LoneMember(Path root) {
        this.raft = root.resolve("current");
        this.snapshots = root.resolve("sm");
    }

    /**
     * Writes it down, durable on return.
     *
     * @param self the replica
     * @param term terms of its elections are above it, and above those that it has seen
     */
    void write(RaftPeer self, long term) throws IOException {
        Files.createDirectories(raft);
        Properties meta = new Properties();
        if (Files.exists(raft.resolve(META))) {
            try (var reader = Files.newBufferedReader(raft.resolve(META))) {
                meta.load(reader);
            }
        }
        long seen = Math.max(term, Long.parseLong(meta.getProperty(TERM, "0")));
        meta.setProperty(TERM, Long.toString(seen));
        meta.setProperty(VOTE, RaftStorageMetadata.getDefault().getVotedFor().toString());
        StringWriter text = new StringWriter();
        meta.store(text, null);
        replace(
                CONFIGURATION,
                LogEntryProto.newBuilder()
                        .setTerm(seen)
                        .setIndex(Math.max(lastInLog(), lastInSnapshots()) + 1)
                        .setConfigurationEntry(
                                RaftConfigurationProto.newBuilder().addPeers(self.getRaftPeerProto()))
                        .build()
                        .toByteArray());
        replace(META, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void replace(String name, byte[] content) throws IOException {
        Path draft = raft.resolve(name + ".tmp");
        try (FileChannel channel = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(draft, raft.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(raft)) {
            directory.force(true);
        }
    }

    private long lastInLog() throws IOException {
        List<LogSegmentPath> segments;
        try (Stream<Path> files = Files.list(raft)) {
            segments = files.flatMap(file -> Optional.ofNullable(LogSegmentPath.matchLogSegment(file)).stream())
                    .toList();
        }
        long[] last = {-1};
        for (LogSegmentPath segment : segments) {
            OptionalLong end = RaftLogTail.Span.of(segment.getPath()).end();
            if (end.isEmpty()) {
                LogSegment.readSegmentFile(
                        segment.getPath().toFile(),
                        segment.getStartEnd(),
                        MAX_ENTRY,
                        CorruptionPolicy.WARN_AND_RETURN,
                        null,
                        entry -> last[0] = Math.max(last[0], entry.getIndex()));
            } else {
                last[0] = Math.max(last[0], end.getAsLong());
            }
        }
        return last[0];
    }

    private long lastInSnapshots() throws IOException {
        if (!Files.isDirectory(snapshots)) {
            return -1;
        }
        try (Stream<Path> files = Files.list(snapshots)) {
            return files.map(file -> SNAPSHOT.matcher(file.getFileName().toString()))
                    .filter(Matcher::matches)
                    .mapToLong(name -> Long.parseLong(name.group(2)))
                    .max()
                    .orElse(-1);
        }
    }
}
