package io.barnabas.log;

import io.barnabas.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Says in a replica's log directory that its files may have lost what the replica has vouched for. Some faults leave
 * no trace: after a failed sync the system shows bytes that the disk does not have. So a replica that meets one writes
 * it down, and does not start again until its files were fetched anew.
 */
final class RepairMark {

    private static final String NAME = "needs-repair";
    private static final int MAX_BYTES = 1 << 14;

    private RepairMark() {}

    /** What was written down, if anything. */
    static Optional<String> read(SegmentFiles files, Path directory) throws IOException {
        Path path = directory.resolve(NAME);
        files.createDirectory(directory);
        if (!files.list(directory).contains(path)) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES);
        try (FileChannel channel = files.open(path)) {
            int read = 0;
            while (read >= 0 && bytes.hasRemaining()) {
                read = channel.read(bytes, bytes.position());
            }
        }
        return Optional.of(StandardCharsets.UTF_8.decode(bytes.flip()).toString());
    }

    /** Writes a reason down, durable on return; the first one stays. */
    static void write(SegmentFiles files, Path directory, String reason) throws IOException {
        Path path = directory.resolve(NAME);
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.wrap(text, 0, Math.min(text.length, MAX_BYTES));
        try (FileChannel channel = files.open(path)) {
            if (channel.size() > 0) {
                return;
            }
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        files.syncDirectory(directory);
    }
}
