package io.barnabas.net.node;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;

/**
 * One of a node's data directories, opened and locked until it is closed.
 *
 * <pre>
 *   meta.properties   cluster id, node id and the directory's own id, written once by format
 *   .lock             held by the process that has the directory open
 *   metadata/         Raft storage of the metadata quorum, in one of the directories
 *   known-dirs        beside it: the directories that this node has used
 *   replica-places    beside it: which replica lives in which directory
 *   partitions/       one directory for each partition replica
 *   index/            RocksDB
 * </pre>
 */
public final class DataDirectory implements AutoCloseable {

    static final String METADATA = "metadata";

    private static final String META = "meta.properties";
    private static final String LOCK = ".lock";
    private static final String VERSION = "1";

    private final Path path;
    private final Identity identity;
    private final String id;
    private final FileChannel lock;

    /** Whose directory it is. */
    public record Identity(String clusterId, int nodeId) {}

    private record Meta(Identity identity, Optional<String> directoryId) {}

    private DataDirectory(Path path, Identity identity, String id, FileChannel lock) {
        this.path = path;
        this.identity = identity;
        this.id = id;
        this.lock = lock;
    }

    /**
     * Makes a directory this node's, for good. A directory that is so already is left alone.
     *
     * @return false when the directory was formatted for the same cluster and node before
     * @throws DataDirectoryException when it belongs to another cluster or node, or cannot be written
     */
    public static boolean format(Path path, Identity identity) throws DataDirectoryException {
        if (!ClusterId.isValid(identity.clusterId())) {
            throw new DataDirectoryException("'" + identity.clusterId()
                    + "' is no cluster id; use 22 characters of base64 as `barnabas quorum format` draws them");
        }
        Optional<Identity> present = identityOf(path);
        if (present.isPresent()) {
            if (present.get().equals(identity)) {
                return false;
            }
            throw DataDirectoryException.misuse(path + " belongs to node "
                    + present.get().nodeId() + " of cluster " + present.get().clusterId()
                    + " already; use another directory, or delete it if its data may be lost");
        }
        try {
            Files.createDirectories(path);
            write(path, identity, UUID.randomUUID().toString());
            return true;
        } catch (IOException e) {
            throw new DataDirectoryException("cannot format " + path + ": " + e, e);
        }
    }

    private static void write(Path path, Identity identity, String id) throws IOException {
        DurableFile.replace(
                path.resolve(META),
                "version=" + VERSION + "\ncluster.id=" + identity.clusterId() + "\nnode.id=" + identity.nodeId()
                        + "\ndirectory.id=" + id + "\n");
    }

    /** Whose directory it is; empty when it is not formatted or does not exist. */
    public static Optional<Identity> identityOf(Path path) throws DataDirectoryException {
        return metaOf(path).map(Meta::identity);
    }

    private static Optional<Meta> metaOf(Path path) throws DataDirectoryException {
        Path file = path.resolve(META);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new DataDirectoryException("cannot read " + file + ": " + e, e);
        }
        String version = properties.getProperty("version", "");
        String clusterId = properties.getProperty("cluster.id", "");
        String nodeId = properties.getProperty("node.id", "");
        if (!version.equals(VERSION)) {
            throw new DataDirectoryException(file + " has version '" + version + "', this program knows " + VERSION
                    + "; start the version of Barnabas that wrote it");
        }
        if (clusterId.isBlank() || !nodeId.matches("\\d{1,9}")) {
            throw new DataDirectoryException(file + " is damaged: cluster.id='" + clusterId + "' node.id='" + nodeId
                    + "'; restore it from another copy of the directory");
        }
        return Optional.of(new Meta(
                new Identity(clusterId, Integer.parseInt(nodeId)),
                Optional.ofNullable(properties.getProperty("directory.id")).filter(id -> id.matches("[\\w-]+"))));
    }

    /**
     * Opens and locks a formatted directory.
     *
     * @param nodeId the node that it must belong to
     * @throws DataDirectoryException when it is not formatted, another node's, or open in another process
     */
    public static DataDirectory open(Path path, int nodeId) throws DataDirectoryException {
        Meta meta = metaOf(path)
                .orElseThrow(() -> new DataDirectoryException(path + " is not formatted; run `barnabas quorum format"
                        + " --config FILE --cluster-id ID` with the cluster's id first"));
        Identity identity = meta.identity();
        if (identity.nodeId() != nodeId) {
            throw DataDirectoryException.misuse(path + " belongs to node " + identity.nodeId() + ", but node.id is "
                    + nodeId + "; correct node.id or log.dirs");
        }
        FileChannel lock = lock(path);
        try {
            String id = meta.directoryId().orElseGet(() -> UUID.randomUUID().toString());
            if (meta.directoryId().isEmpty()) {
                write(path, identity, id);
            }
            return new DataDirectory(path, identity, id, lock);
        } catch (IOException e) {
            unlock(lock);
            throw new DataDirectoryException("cannot write to " + path + ": " + e, e);
        }
    }

    private static FileChannel lock(Path path) throws DataDirectoryException {
        FileChannel channel = null;
        boolean locked = false;
        try {
            channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            locked = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            locked = false;
        } catch (IOException e) {
            throw new DataDirectoryException("cannot lock " + path + ": " + e, e);
        } finally {
            if (!locked && channel != null) {
                unlock(channel);
            }
        }
        if (!locked) {
            throw DataDirectoryException.misuse(
                    path + " is in use by another process; stop that node first, or give this"
                            + " one a log.dirs of its own");
        }
        return channel;
    }

    /** Closing the channel gives the lock back, as the end of the process would. */
    private static void unlock(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unlock a data directory", e);
        }
    }

    /** Whose directory it is. */
    public Identity identity() {
        return identity;
    }

    /** Its {@code directory.id}, drawn when it was formatted. */
    public String id() {
        return id;
    }

    /** The directory itself. */
    public Path path() {
        return path;
    }

    /** Raft storage of the metadata quorum. */
    public Path metadata() {
        return path.resolve(METADATA);
    }

    /** Record of which replica lives in which directory. */
    public Path replicaPlaces() {
        return path.resolve("replica-places");
    }

    @Override
    public void close() {
        unlock(lock);
    }
}
