package io.barnabas.log.directory;

import io.barnabas.log.compact.IoThrottle;
import io.barnabas.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.ratis.util.FileUtils;

/** A copy of a replica's files, made while the replica runs as far as its files no longer change. For one thread. */
final class ReplicaCopy {

    private static final int CHUNK_BYTES = 64 << 10;
    private static final String SEGMENT = "\\d{20}\\.log";

    /** Ratis' lock of the storage of a running replica. */
    private static final Set<String> LEFT_OUT = Set.of("in_use.lock");

    private final Path from;
    private final Path to;
    private final SegmentFiles files;
    private final IoThrottle throttle;
    private final Map<Path, Version> copied = new HashMap<>();
    private volatile long copiedBytes;
    private volatile long copiedOffset;
    private volatile boolean cancelled;

    /** A file that was replaced, or written to, has another. */
    private record Version(Object key, long size, FileTime modified) {
        Version(BasicFileAttributes attributes) {
            this(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
        }
    }

    ReplicaCopy(Path from, Path to, SegmentFiles files, IoThrottle throttle) {
        this.from = from;
        this.to = to;
        this.files = files;
        this.throttle = throttle;
    }

    long copiedBytes() {
        return copiedBytes;
    }

    long copiedOffset() {
        return copiedOffset;
    }

    /** Makes the copying throw soon. */
    void cancel() {
        cancelled = true;
    }

    /** Deletes what is there. */
    void clear() throws IOException {
        FileUtils.deleteFully(to);
        copied.clear();
        copiedBytes = 0;
        copiedOffset = 0;
    }

    /**
     * Copies the segments that are closed; the replica may run.
     *
     * @return how many bytes it were
     */
    long copyClosed() throws IOException {
        long before = copiedBytes;
        List<Path> segments;
        try (Stream<Path> entries = Files.list(from.resolve("log"))) {
            segments = entries.filter(file -> file.getFileName().toString().matches(SEGMENT))
                    .sorted()
                    .toList();
        }
        for (int i = 0; i + 1 < segments.size(); i++) {
            try {
                copy(segments.get(i));
                copiedOffset = baseOffset(segments.get(i + 1));
            } catch (NoSuchFileException e) {
                // Trimmed or compacted away meanwhile.
                continue;
            }
        }
        return copiedBytes - before;
    }

    private static long baseOffset(Path segment) {
        return Long.parseLong(segment.getFileName().toString().substring(0, 20));
    }

    /** Copies all that is new or changed, and drops what is gone; the replica must be stopped. On disk when it returns. */
    void copyRest() throws IOException {
        Set<Path> directories = new TreeSet<>();
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Path target = to.resolve(from.relativize(directory));
                Files.createDirectories(target);
                directories.add(target);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!LEFT_OUT.contains(file.getFileName().toString())) {
                    copy(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        try (Stream<Path> present = Files.walk(to)) {
            for (Path file : present.filter(Files::isRegularFile).toList()) {
                if (!Files.exists(from.resolve(to.relativize(file)))) {
                    Files.delete(file);
                }
            }
        }
        for (Path directory : directories) {
            LogDirectory.sync(directory);
        }
        LogDirectory.sync(to.getParent());
    }

    private void copy(Path file) throws IOException {
        Version version = new Version(Files.readAttributes(file, BasicFileAttributes.class));
        if (version.equals(copied.get(file))) {
            return;
        }
        Path target = to.resolve(from.relativize(file));
        Files.createDirectories(target.getParent());
        try (FileChannel source = FileChannel.open(file, StandardOpenOption.READ);
                FileChannel copy = files.open(target)) {
            copy.truncate(0);
            long size = source.size();
            long position = 0;
            while (position < size) {
                if (cancelled) {
                    throw new IOException("the move was given up");
                }
                long moved = source.transferTo(position, Math.min(CHUNK_BYTES, size - position), copy);
                if (moved <= 0) {
                    throw new IOException(file + " ended at " + position + " of " + size + " bytes");
                }
                position += moved;
                copiedBytes += moved;
                throttle.used(moved);
            }
            copy.force(true);
        }
        copied.put(file, version);
    }
}
