package io.barnabas.log.segment;

import io.barnabas.log.rules.SegmentFacts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a log's segments were when it was closed in good order. A log that finds this need not look into its segments:
 * they are on the disk, whole. It is written last when a log closes, and is gone for good before anything else is
 * written when it opens again, so it never outlives its truth.
 *
 * <pre>
 *   version (4)   segments (4)
 *   each segment: base offset (8)   bytes (8)   next offset (8)
 *                 max timestamp (8)   offset of its batch (8)   first append, ms (8)
 *   CRC-32C of all before (4)
 * </pre>
 */
final class CleanShutdown {

    private static final String NAME = "clean-shutdown";
    private static final int VERSION = 1;
    private static final int HEADER = 8;
    private static final int PART = 48;
    private static final int CRC = 4;

    private final Map<Long, Part> parts;

    private record Part(Extent extent, long firstAppendMs) {}

    private CleanShutdown(Map<Long, Part> parts) {
        this.parts = parts;
    }

    /** Writes it down for these segments, which are durable; durable on return. */
    static void write(SegmentFiles files, Path directory, List<Segment> segments) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER + PART * segments.size() + CRC);
        bytes.putInt(VERSION).putInt(segments.size());
        for (Segment segment : segments) {
            Extent extent = segment.extent();
            bytes.putLong(segment.baseOffset())
                    .putLong(extent.size())
                    .putLong(extent.nextOffset())
                    .putLong(extent.maxTimestamp())
                    .putLong(extent.maxTimestampOffset())
                    .putLong(segment.facts().firstAppendMs());
        }
        bytes.putInt(crcOf(bytes, bytes.position())).flip();
        SegmentFile file = new SegmentFile(files, directory.resolve(NAME));
        try {
            file.truncate(0);
            file.write(new ByteBuffer[] {bytes}, 0);
            file.force();
        } finally {
            file.release();
        }
        files.syncDirectory(directory);
    }

    /** What was written down when the log was closed; empty when it was not closed in good order. */
    static Optional<CleanShutdown> read(SegmentFiles files, Path directory) throws IOException {
        Path path = directory.resolve(NAME);
        if (!exists(files, directory)) {
            return Optional.empty();
        }
        ByteBuffer bytes;
        try (FileChannel channel = files.open(path)) {
            bytes = ByteBuffer.allocate((int) Math.min(Integer.MAX_VALUE >> 1, channel.size()));
            int read = 0;
            while (read >= 0 && bytes.hasRemaining()) {
                read = channel.read(bytes, bytes.position());
            }
        } catch (IOException e) {
            throw DiskFault.of(path, e);
        }
        // One that a crash tore while it was written tells nothing.
        return decode(bytes.flip());
    }

    /** Whether one is there, of use or not. */
    static boolean exists(SegmentFiles files, Path directory) throws IOException {
        return files.list(directory).contains(directory.resolve(NAME));
    }

    private static Optional<CleanShutdown> decode(ByteBuffer bytes) {
        int underCrc = bytes.limit() - CRC;
        if (underCrc < HEADER
                || bytes.getInt(underCrc) != crcOf(bytes, underCrc)
                || bytes.getInt() != VERSION
                || bytes.getInt() * (long) PART != underCrc - HEADER) {
            return Optional.empty();
        }
        Map<Long, Part> parts = new LinkedHashMap<>();
        while (bytes.position() < underCrc) {
            long base = bytes.getLong();
            Extent extent = new Extent(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
            parts.put(base, new Part(extent, bytes.getLong()));
        }
        return Optional.of(new CleanShutdown(parts));
    }

    private static int crcOf(ByteBuffer bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, length);
        return (int) crc.getValue();
    }

    /**
     * Whether it speaks of exactly these segment files.
     *
     * @param bases base offsets of the files in the directory
     * @throws CorruptLogException when one of its files is missing
     */
    boolean isOf(Path directory, Collection<Long> bases) throws CorruptLogException {
        for (long base : parts.keySet()) {
            if (!bases.contains(base)) {
                throw new CorruptLogException(
                        SegmentRecovery.fileOf(directory, base),
                        0,
                        "the file is missing, though it was there when the log was closed");
            }
        }
        return bases.size() == parts.size();
    }

    /**
     * How far a segment reaches.
     *
     * @throws CorruptLogException when its file has another size
     */
    Extent extentOf(long base, Path file, long size) throws CorruptLogException {
        Extent extent = parts.get(base).extent();
        if (extent.size() != size) {
            throw new CorruptLogException(
                    file,
                    Math.min(size, extent.size()),
                    "the file has " + size + " bytes, it had " + extent.size() + " when the log was closed");
        }
        return extent;
    }

    /** What it says of each segment, oldest first. */
    List<SegmentFacts> facts() {
        return parts.entrySet().stream()
                .map(each -> new SegmentFacts(
                        each.getKey(),
                        each.getValue().extent().nextOffset(),
                        each.getValue().extent().size(),
                        each.getValue().extent().maxTimestamp(),
                        each.getValue().firstAppendMs()))
                .toList();
    }

    /** When a segment was begun, in milliseconds since 1970. */
    long firstAppendMs(long base) {
        return parts.get(base).firstAppendMs();
    }

    /** Removes it, for good on return. */
    static void remove(SegmentFiles files, Path directory) throws IOException {
        files.delete(directory.resolve(NAME));
        files.syncDirectory(directory);
    }
}
