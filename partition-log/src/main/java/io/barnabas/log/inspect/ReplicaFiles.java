package io.barnabas.log.inspect;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the files of one replica are, or as many of them as there are.
 *
 * @param segments the directory of the segment files
 * @param only the one segment file to be looked at, empty for all
 * @param root the replica's directory with its Raft files, when the segments lie in one
 * @param groupId the replica's Raft group, when the directory is named after it
 * @param dataDirectory the log directory that it is in, when it is in one
 */
public record ReplicaFiles(
        Path segments, Optional<Path> only, Optional<Path> root, Optional<UUID> groupId, Optional<Path> dataDirectory) {

    private static final Pattern SEGMENT = Pattern.compile("(\\d{20})\\.log");
    private static final Pattern SWAP = Pattern.compile("(\\d{20})\\.log\\.swap");

    /**
     * A segment file.
     *
     * @param baseOffset as its name says
     */
    record SegmentPath(long baseOffset, Path file) {}

    /**
     * The replicas at a path: a segment file, a directory of segments, a replica's directory, or a node's log directory.
     *
     * @throws IOException when it is none of these
     */
    public static List<ReplicaFiles> at(Path given) throws IOException {
        Path path = given.toAbsolutePath().normalize();
        if (Files.isRegularFile(path)) {
            if (!SEGMENT.matcher(path.getFileName().toString()).matches()) {
                throw new IOException(given + " is no segment file: its name must be 20 digits and .log");
            }
            return List.of(ofSegments(path.getParent(), Optional.of(path)));
        }
        if (!Files.exists(path)) {
            throw new NoSuchFileException(given.toString());
        }
        if (!Files.isDirectory(path)) {
            throw new NotDirectoryException(given.toString());
        }
        if (Files.isDirectory(path.resolve("partitions"))) {
            return inDirectory(path.resolve("partitions"));
        }
        if (path.endsWith("partitions")) {
            return inDirectory(path);
        }
        if (Files.isDirectory(path.resolve("log"))) {
            return List.of(ofSegments(path.resolve("log"), Optional.empty()));
        }
        boolean holdsSegments = ReadOnlyFiles.INSTANCE.list(path).stream()
                .anyMatch(file -> SEGMENT.matcher(file.getFileName().toString()).matches());
        if (!holdsSegments && !path.endsWith("log")) {
            throw new IOException(given + " holds no segments: give a segment file, a directory of segments, a"
                    + " partition's directory or one of log.dirs");
        }
        return List.of(ofSegments(path, Optional.empty()));
    }

    private static List<ReplicaFiles> inDirectory(Path partitions) throws IOException {
        List<ReplicaFiles> found = new ArrayList<>();
        for (Path root : ReadOnlyFiles.INSTANCE.list(partitions)) {
            if (groupId(root).isPresent() && Files.isDirectory(root.resolve("log"))) {
                found.add(ofSegments(root.resolve("log"), Optional.empty()));
            }
        }
        return found;
    }

    private static ReplicaFiles ofSegments(Path segments, Optional<Path> only) {
        Path parent = segments.getParent();
        if (!segments.endsWith("log") || parent == null || !Files.exists(parent.resolve("partition.properties"))) {
            return new ReplicaFiles(segments, only, Optional.empty(), Optional.empty(), Optional.empty());
        }
        Optional<UUID> groupId = groupId(parent);
        Path partitions = parent.getParent();
        boolean housed = groupId.isPresent() && partitions.endsWith("partitions");
        return new ReplicaFiles(
                segments,
                only,
                Optional.of(parent),
                groupId,
                housed ? Optional.of(partitions.getParent()) : Optional.empty());
    }

    private static Optional<UUID> groupId(Path directory) {
        String name = directory.getFileName().toString();
        try {
            UUID id = UUID.fromString(name);
            return id.toString().equals(name) ? Optional.of(id) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The segments that count, by their names' order: a replacement that was being put in place counts already. */
    List<SegmentPath> segmentFiles() throws IOException {
        if (only.isPresent()) {
            return List.of(named(only.get(), SEGMENT).orElseThrow());
        }
        List<Path> files = ReadOnlyFiles.INSTANCE.list(segments);
        List<SegmentPath> found = new ArrayList<>(
                files.stream().flatMap(file -> named(file, SEGMENT).stream()).toList());
        for (SegmentPath swap :
                files.stream().flatMap(file -> named(file, SWAP).stream()).toList()) {
            long end = endOf(swap);
            found.removeIf(each -> each.baseOffset() >= swap.baseOffset() && each.baseOffset() < end);
            found.add(swap);
        }
        found.sort((a, b) -> Long.compare(a.baseOffset(), b.baseOffset()));
        return found;
    }

    private static Optional<SegmentPath> named(Path file, Pattern pattern) {
        Matcher name = pattern.matcher(file.getFileName().toString());
        return name.matches() ? Optional.of(new SegmentPath(Long.parseLong(name.group(1)), file)) : Optional.empty();
    }

    private static long endOf(SegmentPath swap) throws IOException {
        long end = swap.baseOffset() + 1;
        try (SegmentWalk walk = new SegmentWalk(swap.file())) {
            for (SegmentWalk.Step step = walk.next(end - 1); step != null; step = walk.next(end)) {
                if (step instanceof SegmentWalk.Batch batch) {
                    end = Math.max(end, batch.header().nextOffset());
                }
            }
        }
        return end;
    }

    /** The index that has the replica's entries, when its log directory has one. */
    Optional<Path> index() {
        return dataDirectory.map(directory -> directory.resolve("index")).filter(Files::isDirectory);
    }

    /** Whether a node has the log directory open now. */
    boolean isInUse() throws IOException {
        Optional<Path> lock = dataDirectory.map(directory -> directory.resolve(".lock"));
        if (lock.isEmpty() || !Files.exists(lock.get())) {
            return false;
        }
        // A shared lock needs no write access, and none is granted beside the node's own.
        try (FileChannel channel = FileChannel.open(lock.get(), StandardOpenOption.READ)) {
            return channel.tryLock(0, Long.MAX_VALUE, true) == null;
        } catch (OverlappingFileLockException e) {
            return true;
        }
    }

    @Override
    public String toString() {
        return only.orElse(root.orElse(segments)).toString();
    }
}
