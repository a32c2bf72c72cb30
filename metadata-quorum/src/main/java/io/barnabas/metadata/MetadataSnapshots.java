package io.barnabas.metadata;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.FileListSnapshotInfo;
import org.apache.ratis.util.FileUtils;
import org.apache.ratis.util.MD5FileUtil;

/**
 * The snapshots in the state machine's directory, each a directory of its own that appears as a whole:
 *
 * <pre>
 *   snapshot.TERM_INDEX/image     the metadata image
 *   snapshot.TERM_INDEX/groups/   a checkpoint of the group store
 * </pre>
 *
 * <p>A file of that name is the image of a snapshot from before there were groups.
 */
final class MetadataSnapshots implements StateMachineStorage {

    private static final Pattern NAME = Pattern.compile("snapshot\\.(\\d+)_(\\d+)");
    private static final String IMAGE = "image";
    private static final String GROUPS = "groups";
    /** One name for all, so that what a crash leaves behind is overwritten by the next. */
    private static final String TEMPORARY = "snapshot.tmp";
    /** The newest, and one that a follower may still be reading. */
    private static final int KEPT = 2;

    private Path directory;
    private volatile FileListSnapshotInfo latest;

    /** A snapshot on disk. */
    record Snapshot(TermIndex applied, Path path) {

        byte[] image() throws IOException {
            return Files.readAllBytes(Files.isDirectory(path) ? path.resolve(IMAGE) : path);
        }

        Optional<Path> groups() {
            return Files.isDirectory(path) ? Optional.of(path.resolve(GROUPS)) : Optional.empty();
        }
    }

    /** Writes the checkpoint of the group store into a directory that is not there yet. */
    interface Groups {
        void checkpoint(Path target) throws IOException;
    }

    @Override
    public void init(RaftStorage storage) throws IOException {
        directory = storage.getStorageDir().getStateMachineDir().toPath();
    }

    /** The newest snapshot, looked up on disk, since an installed one arrives without a word. */
    Optional<Snapshot> load() throws IOException {
        List<Snapshot> all = all();
        if (all.isEmpty()) {
            return Optional.empty();
        }
        latest = info(all.getFirst());
        return Optional.of(all.getFirst());
    }

    /** Makes a snapshot durable. */
    void save(TermIndex applied, byte[] image, Groups groups) throws IOException {
        if (latest != null && latest.getTermIndex().equals(applied)) {
            return;
        }
        Path temporary = directory.resolve(TEMPORARY);
        FileUtils.deleteFully(temporary);
        Files.createDirectory(temporary);
        try (FileChannel channel =
                FileChannel.open(temporary.resolve(IMAGE), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(image);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        groups.checkpoint(temporary.resolve(GROUPS));
        force(temporary);
        Path named = directory.resolve("snapshot." + applied.getTerm() + "_" + applied.getIndex());
        Files.move(temporary, named, StandardCopyOption.ATOMIC_MOVE);
        force(directory);
        latest = info(new Snapshot(applied, named));
    }

    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory)) {
            channel.force(true);
        }
    }

    /** Newest first. */
    private List<Snapshot> all() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<Snapshot> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path path : files.toList()) {
                Matcher name = NAME.matcher(path.getFileName().toString());
                if (name.matches()) {
                    all.add(new Snapshot(
                            TermIndex.valueOf(Long.parseLong(name.group(1)), Long.parseLong(name.group(2))), path));
                }
            }
        }
        all.sort(Comparator.comparingLong(
                        (Snapshot snapshot) -> snapshot.applied().getIndex())
                .reversed());
        return all;
    }

    /** Digests are left to whoever reads the files: making a snapshot must not cost what all of them weigh. */
    private static FileListSnapshotInfo info(Snapshot snapshot) throws IOException {
        try (Stream<Path> files = Files.walk(snapshot.path())) {
            return new FileListSnapshotInfo(
                    files.filter(file -> Files.isRegularFile(file)
                                    && !file.toString().endsWith(MD5FileUtil.MD5_SUFFIX))
                            .sorted()
                            .map(file -> new FileInfo(file, null))
                            .toList(),
                    snapshot.applied());
        }
    }

    @Override
    public SnapshotInfo getLatestSnapshot() {
        return latest;
    }

    @Override
    public void format() {
        latest = null;
    }

    @Override
    public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) throws IOException {
        for (Snapshot old : all().stream().skip(KEPT).toList()) {
            FileUtils.deleteFully(old.path());
            Files.deleteIfExists(old.path().resolveSibling(old.path().getFileName() + MD5FileUtil.MD5_SUFFIX));
        }
    }
}
