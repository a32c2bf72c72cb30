package io.barnabas.log;

import io.barnabas.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The log start offset of a replica, durable before the segments below it are deleted: a missing segment is a trimmed
 * one only when this file says so. Two slots are written in turn, so that a torn write leaves the older one.
 *
 * <pre>
 *   each slot: version (4)   log start offset (8)   CRC-32C of both (4)
 * </pre>
 */
public final class StartOffsetFile {

    private static final String NAME = "start-offset";
    private static final int VERSION = 1;
    private static final int SLOT = 16;
    private static final int UNDER_CRC = 12;

    private final SegmentFiles files;
    private final Path directory;
    private final long[] slots = {-1, -1};

    private StartOffsetFile(SegmentFiles files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    /** Reads the file of a log's directory; a log without one begins at 0. */
    public static StartOffsetFile read(SegmentFiles files, Path directory) throws IOException {
        StartOffsetFile file = new StartOffsetFile(files, directory);
        if (files.list(directory).contains(directory.resolve(NAME))) {
            file.load();
        }
        return file;
    }

    private void load() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(2 * SLOT);
        try (FileChannel channel = files.open(directory.resolve(NAME))) {
            int read = 0;
            while (read >= 0 && bytes.hasRemaining()) {
                read = channel.read(bytes, bytes.position());
            }
        }
        for (int i = 0; i < slots.length; i++) {
            if (bytes.position() >= (i + 1) * SLOT) {
                int at = i * SLOT;
                boolean whole = bytes.getInt(at) == VERSION && bytes.getInt(at + UNDER_CRC) == crcOf(bytes, at);
                slots[i] = whole ? bytes.getLong(at + 4) : -1;
            }
        }
        if (slots[0] < 0 && slots[1] < 0 && bytes.position() > 0) {
            throw new IOException(directory.resolve(NAME) + " is damaged");
        }
    }

    /** The first offset that may be read, as last written. */
    public synchronized long offset() {
        return Math.max(0, Math.max(slots[0], slots[1]));
    }

    /** Moves the start up, durable on return; a lower offset changes nothing. */
    synchronized void raiseTo(long offset) throws IOException {
        if (offset <= offset()) {
            return;
        }
        int slot = slots[0] <= slots[1] ? 0 : 1;
        boolean fresh = slots[0] < 0 && slots[1] < 0;
        ByteBuffer bytes = ByteBuffer.allocate(SLOT).putInt(VERSION).putLong(offset);
        bytes.putInt(crcOf(bytes, 0)).flip();
        try (FileChannel channel = files.open(directory.resolve(NAME))) {
            channel.position((long) slot * SLOT);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        if (fresh) {
            files.syncDirectory(directory);
        }
        slots[slot] = offset;
    }

    private static int crcOf(ByteBuffer bytes, int at) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), at, UNDER_CRC);
        return (int) crc.getValue();
    }
}
