package io.barnabas.log.inspect;

import io.barnabas.log.ReplicaSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.util.MD5FileUtil;

/**
 * A Raft snapshot of a replica, as its name says.
 *
 * @param term Raft term of the last entry that is part of it
 * @param index Raft index of that entry
 */
record SnapshotFile(Path file, long term, long index) {

    /** The name that Ratis gives them. */
    private static final Pattern NAME = Pattern.compile("snapshot\\.(\\d{1,18})_(\\d{1,18})");

    /** All of a replica, oldest first. */
    static List<SnapshotFile> in(Path root) throws IOException {
        Path directory = root.resolve("sm");
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        return ReadOnlyFiles.INSTANCE.list(directory).stream()
                .flatMap(file -> named(file).stream())
                .sorted(Comparator.comparingLong(SnapshotFile::index))
                .toList();
    }

    private static Optional<SnapshotFile> named(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        return name.matches()
                ? Optional.of(new SnapshotFile(file, Long.parseLong(name.group(1)), Long.parseLong(name.group(2))))
                : Optional.empty();
    }

    /**
     * What it holds.
     *
     * @throws IOException when it is damaged, or not the file whose checksum was written down
     */
    ReplicaSnapshot read() throws IOException {
        if (Files.exists(MD5FileUtil.getDigestFileForFile(file.toFile()).toPath())
                && !MD5FileUtil.computeMd5ForFile(file.toFile())
                        .equals(MD5FileUtil.readStoredMd5ForFile(file.toFile()))) {
            throw new IOException("snapshot " + file + " does not have the MD5 sum that was written down beside it");
        }
        return ReplicaSnapshot.read(file);
    }
}
