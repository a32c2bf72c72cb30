package io.barnabas.log.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a log has been compacted, in a file beside its segments. When the file is lost or damaged the log is cleaned
 * from its start again, so a damaged one is no error.
 *
 * <pre>
 *   version (4)   offset (8)   CRC-32C of both (4)
 * </pre>
 */
final class CleanedOffset {

    private static final Logger LOG = LoggerFactory.getLogger(CleanedOffset.class);

    private static final String NAME = "cleaned-offset";
    private static final int VERSION = 1;
    private static final int SIZE = 16;
    private static final int UNDER_CRC = 12;

    private final SegmentFiles files;
    private final Path file;
    private volatile long offset;

    private CleanedOffset(SegmentFiles files, Path file) {
        this.files = files;
        this.file = file;
    }

    static CleanedOffset read(SegmentFiles files, Path directory) throws IOException {
        CleanedOffset cleaned = new CleanedOffset(files, directory.resolve(NAME));
        if (files.list(directory).contains(cleaned.file)) {
            cleaned.load();
        }
        return cleaned;
    }

    private void load() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE);
        try (FileChannel channel = files.open(file)) {
            int read = 0;
            while (read >= 0 && bytes.hasRemaining()) {
                read = channel.read(bytes, bytes.position());
            }
        }
        boolean whole = !bytes.hasRemaining()
                && bytes.getInt(0) == VERSION
                && bytes.getInt(UNDER_CRC) == crcOf(bytes)
                && bytes.getLong(4) >= 0;
        if (whole) {
            offset = bytes.getLong(4);
        } else {
            LOG.warn("{} is damaged; its log will be compacted from the start again", file);
        }
    }

    long offset() {
        return offset;
    }

    /** Durable on return. */
    void moveTo(long newOffset) throws IOException {
        if (newOffset == offset) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(SIZE).putInt(VERSION).putLong(newOffset);
        bytes.putInt(crcOf(bytes)).flip();
        Path next = file.resolveSibling(NAME + ".new");
        try (FileChannel channel = files.open(next)) {
            channel.truncate(0);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        files.rename(next, file);
        files.syncDirectory(file.getParent());
        offset = newOffset;
    }

    void delete() throws IOException {
        files.delete(file);
    }

    private static int crcOf(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, UNDER_CRC);
        return (int) crc.getValue();
    }
}
