package io.barnabas.log;

import io.barnabas.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * When a replica's data was last found well, in its directory. It is not made durable: without it the replica is only
 * read earlier than it must.
 *
 * <pre>
 *   version (4)   milliseconds since 1970 (8)   CRC-32C of both (4)
 * </pre>
 */
final class ScrubbedFile {

    private static final String NAME = "scrubbed-at";
    private static final int VERSION = 1;
    private static final int SIZE = 16;
    private static final int UNDER_CRC = 12;

    private ScrubbedFile() {}

    /** 0 when there is none, or none of use. */
    static long read(SegmentFiles files, Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        if (!files.list(directory).contains(file)) {
            return 0;
        }
        ByteBuffer bytes = ByteBuffer.allocate(SIZE);
        try (FileChannel channel = files.open(file)) {
            int read = 0;
            while (read >= 0 && bytes.hasRemaining()) {
                read = channel.read(bytes, bytes.position());
            }
        }
        boolean whole = !bytes.hasRemaining() && bytes.getInt(0) == VERSION && bytes.getInt(UNDER_CRC) == crcOf(bytes);
        return whole ? Math.max(0, bytes.getLong(4)) : 0;
    }

    static void write(SegmentFiles files, Path directory, long scrubbedAtMs) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE).putInt(VERSION).putLong(scrubbedAtMs);
        bytes.putInt(crcOf(bytes)).flip();
        try (FileChannel channel = files.open(directory.resolve(NAME))) {
            while (bytes.hasRemaining()) {
                channel.write(bytes, bytes.position());
            }
        }
    }

    private static int crcOf(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, UNDER_CRC);
        return (int) crc.getValue();
    }
}
