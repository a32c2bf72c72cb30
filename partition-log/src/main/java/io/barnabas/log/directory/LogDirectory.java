package io.barnabas.log.directory;

import io.barnabas.log.index.LogIndex;
import io.barnabas.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** One log directory: the replicas' files and their index. Once offline it stays so until the node restarts. */
public final class LogDirectory {

    private static final String PROBE = ".probe";
    private static final int PROBE_BYTES = 4096;

    private final String id;
    private final Path path;
    private volatile String offline;
    private volatile LogIndex index;
    private final AtomicLong named = new AtomicLong();
    private final Object syncing = new Object();
    private long synced;

    LogDirectory(LogDirectoryConfig config) {
        this.id = config.id();
        this.path = config.path();
        this.offline = config.offline().orElse(null);
    }

    /** Its {@code directory.id}. */
    public String id() {
        return id;
    }

    /** The directory itself. */
    public Path path() {
        return path;
    }

    /** Where the replicas' directories are. */
    public Path partitions() {
        return path.resolve("partitions");
    }

    /** Where a replica's files are when it lives here. */
    public Path replica(UUID groupId) {
        return partitions().resolve(groupId.toString());
    }

    Path indexDirectory() {
        return path.resolve("index");
    }

    /** Why it is not used, empty when it is well. */
    public Optional<String> offline() {
        return Optional.ofNullable(offline);
    }

    boolean isOnline() {
        return offline == null;
    }

    /** Returns false when it was offline already. */
    synchronized boolean takeOffline(String reason) {
        if (offline != null) {
            return false;
        }
        offline = reason;
        return true;
    }

    void opened(LogIndex opened) {
        index = opened;
    }

    /** The index, when the directory was well at the start. */
    Optional<LogIndex> index() {
        return Optional.ofNullable(index);
    }

    /**
     * Writes a small file, syncs it and deletes it.
     *
     * @throws IOException when the directory cannot be used any more
     */
    void probe(SegmentFiles files) throws IOException {
        if (!Files.isDirectory(partitions())) {
            throw new IOException(partitions() + " is not there");
        }
        Path file = partitions().resolve(PROBE);
        try (FileChannel channel = files.open(file)) {
            channel.write(ByteBuffer.allocate(PROBE_BYTES));
            channel.force(true);
        }
        files.delete(file);
    }

    LogDirectoryStatus status() {
        if (offline != null) {
            return new LogDirectoryStatus(path, Optional.of(offline), -1, -1);
        }
        try {
            FileStore store = Files.getFileStore(path);
            return new LogDirectoryStatus(path, Optional.empty(), store.getTotalSpace(), store.getUsableSpace());
        } catch (IOException e) {
            return new LogDirectoryStatus(path, Optional.empty(), -1, -1);
        }
    }

    long usableBytes() {
        return status().usableBytes();
    }

    /** Makes the name of a replica's directory, made before, durable. Those that are made together share one sync. */
    void syncReplicas() throws IOException {
        long position = named.incrementAndGet();
        synchronized (syncing) {
            if (synced < position) {
                long upTo = named.get();
                sync(partitions());
                synced = upTo;
            }
        }
    }

    /** Makes the names in a directory durable. */
    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
