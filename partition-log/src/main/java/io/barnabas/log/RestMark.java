package io.barnabas.log;

import io.barnabas.log.rules.rest.RestPoint;
import io.barnabas.log.segment.SegmentFiles;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Says in a replica's directory that it rests, and where. It is there before the replica counts as resting, and is gone
 * before its division opens; so after a restart it is true of the files beside it.
 */
final class RestMark {

    private static final String NAME = "resting.properties";
    private static final int MAX_BYTES = 1 << 14;

    private RestMark() {}

    /** Whether a replica's directory has one, right or wrong. */
    static boolean exists(Path root) {
        return Files.exists(root.resolve(NAME));
    }

    /** The mark of that group; empty when there is none, or it is another group's or torn. */
    static Optional<RestPoint> read(SegmentFiles files, Path root, UUID groupId) throws IOException {
        if (!exists(root)) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES);
        try (FileChannel channel = files.open(root.resolve(NAME))) {
            int read = 0;
            while (read >= 0 && bytes.hasRemaining()) {
                read = channel.read(bytes, bytes.position());
            }
        }
        Properties mark = new Properties();
        mark.load(new StringReader(StandardCharsets.UTF_8.decode(bytes.flip()).toString()));
        if (!groupId.toString().equals(mark.getProperty("group")) || mark.getProperty("end") == null) {
            return Optional.empty();
        }
        return Optional.of(new RestPoint(
                Long.parseLong(mark.getProperty("term")),
                Long.parseLong(mark.getProperty("index")),
                Integer.parseInt(mark.getProperty("leader")),
                Arrays.stream(mark.getProperty("members").split(","))
                        .map(Integer::valueOf)
                        .toList()));
    }

    /** Durable on return. */
    static void write(SegmentFiles files, Path root, UUID groupId, RestPoint point) throws IOException {
        String text = "group=" + groupId + "\nterm=" + point.term() + "\nindex=" + point.index() + "\nleader="
                + point.leader() + "\nmembers="
                + point.members().stream().map(String::valueOf).collect(Collectors.joining(",")) + "\nend=\n";
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        try (FileChannel channel = files.open(root.resolve(NAME))) {
            channel.truncate(0);
            while (bytes.hasRemaining()) {
                channel.write(bytes, bytes.position());
            }
            channel.force(true);
        }
        files.syncDirectory(root);
    }

    /** Durable on return. */
    static void delete(SegmentFiles files, Path root) throws IOException {
        if (exists(root)) {
            files.delete(root.resolve(NAME));
            files.syncDirectory(root);
        }
    }
}
