package io.barnabas.net.node;

import io.barnabas.log.directory.LogDirectoryConfig;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All data directories of a node. The one of the metadata must be well; any other that is not is left out, with the
 * replicas that live in it.
 *
 * <p>The metadata directory remembers which directories the node has used, by id and path. So an empty directory where
 * one was used before is a disk that is not mounted, and not a new one to be formatted.
 */
public final class DataDirectories implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DataDirectories.class);
    private static final String KNOWN = "known-dirs";
    private static final String LOST_AND_FOUND = "lost+found";

    private final DataDirectory metadata;
    private final List<DataDirectory> opened = new ArrayList<>();
    private final List<LogDirectoryConfig> logDirectories = new ArrayList<>();

    private DataDirectories(DataDirectory metadata) {
        this.metadata = metadata;
        opened.add(metadata);
    }

    /**
     * Formats every directory of a node that is not formatted.
     *
     * @return those that were
     * @throws DataDirectoryException when one belongs to another cluster or node, or cannot be written
     */
    public static List<Path> format(NodeConfig config, String clusterId) throws DataDirectoryException {
        DataDirectory.Identity identity = new DataDirectory.Identity(clusterId, config.nodeId());
        List<Path> fresh = new ArrayList<>();
        for (Path path : config.dataDirectories()) {
            if (DataDirectory.format(path, identity)) {
                fresh.add(path);
            }
        }
        return fresh;
    }

    /**
     * Opens and locks them. New empty ones are formatted as this node's.
     *
     * @throws DataDirectoryException when the metadata directory cannot be used, or one is another node's or in use by
     *     another process
     */
    public static DataDirectories open(NodeConfig config) throws DataDirectoryException {
        DataDirectories directories = new DataDirectories(DataDirectory.open(config.metadataDir(), config.nodeId()));
        try {
            checkMetadata(config);
            Files.createDirectories(directories.metadata.metadata());
            directories.openAll(config);
            return directories;
        } catch (IOException e) {
            directories.close();
            throw new DataDirectoryException("cannot write to " + config.metadataDir() + ": " + e, e);
        } catch (DataDirectoryException | RuntimeException e) {
            directories.close();
            throw e;
        }
    }

    /** A voter that begins anew because log.dirs was sorted otherwise has forgotten whom it voted for. */
    private static void checkMetadata(NodeConfig config) throws DataDirectoryException {
        if (Files.exists(config.metadataDir().resolve(DataDirectory.METADATA))) {
            return;
        }
        for (Path other : config.logDirs()) {
            if (Files.exists(other.resolve(DataDirectory.METADATA))) {
                throw DataDirectoryException.misuse("the metadata of this node is in " + other + ", not in "
                        + config.metadataDir() + "; set metadata.log.dir=" + other);
            }
        }
    }

    private void openAll(NodeConfig config) throws DataDirectoryException, IOException {
        Path file = metadata.path().resolve(KNOWN);
        Map<String, String> known = read(file);
        Map<String, String> before = Map.copyOf(known);
        Set<String> ids = new HashSet<>();
        for (Path path : config.logDirs()) {
            LogDirectoryConfig directory = openOne(path, before);
            logDirectories.add(directory);
            if (directory.offline().isEmpty()) {
                if (!ids.add(directory.id())) {
                    throw new DataDirectoryException(path + " is a copy of another of log.dirs: both have directory.id "
                            + directory.id() + "; remove one of them from log.dirs");
                }
                known.values().remove(path.toString());
                known.put(directory.id(), path.toString());
            }
        }
        if (!known.equals(before)) {
            write(file, known);
        }
    }

    private LogDirectoryConfig openOne(Path path, Map<String, String> known) throws DataDirectoryException {
        if (path.equals(metadata.path())) {
            return new LogDirectoryConfig(metadata.id(), path, Optional.empty());
        }
        Optional<String> usedBefore = known.entrySet().stream()
                .filter(entry -> entry.getValue().equals(path.toString()))
                .map(Map.Entry::getKey)
                .findFirst();
        try {
            Optional<DataDirectory.Identity> identity = DataDirectory.identityOf(path);
            if (identity.isEmpty()) {
                if (usedBefore.isPresent()) {
                    return offline(
                            usedBefore,
                            path,
                            path + " holds no meta.properties though this node has used it:"
                                    + " its disk is not mounted, or was replaced; mount it, or run `barnabas quorum format`"
                                    + " to use it as a new one");
                }
                if (!isEmpty(path)) {
                    return offline(
                            usedBefore,
                            path,
                            path + " is not formatted and not empty; empty it, or run" + " `barnabas quorum format`");
                }
                DataDirectory.format(path, metadata.identity());
                LOG.info("formatted the new log directory {}", path);
            } else if (!identity.get().equals(metadata.identity())) {
                throw DataDirectoryException.misuse(
                        path + " belongs to node " + identity.get().nodeId() + " of cluster "
                                + identity.get().clusterId() + ", and " + metadata.path() + " to node "
                                + metadata.identity().nodeId() + " of cluster "
                                + metadata.identity().clusterId()
                                + "; correct log.dirs");
            }
            DataDirectory directory =
                    DataDirectory.open(path, metadata.identity().nodeId());
            opened.add(directory);
            return new LogDirectoryConfig(directory.id(), path, Optional.empty());
        } catch (DataDirectoryException e) {
            if (e.isMisuse()) {
                throw e;
            }
            return offline(usedBefore, path, e.getMessage());
        } catch (IOException e) {
            return offline(usedBefore, path, e.toString());
        }
    }

    private static LogDirectoryConfig offline(Optional<String> id, Path path, String reason) {
        return new LogDirectoryConfig(id.orElse(path.toString()), path, Optional.of(reason));
    }

    private static boolean isEmpty(Path path) throws IOException {
        if (!Files.exists(path)) {
            return true;
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.allMatch(entry -> entry.getFileName().toString().equals(LOST_AND_FOUND));
        }
    }

    private static Map<String, String> read(Path file) throws IOException {
        Map<String, String> known = new HashMap<>();
        if (Files.exists(file)) {
            Properties properties = new Properties();
            try (Reader reader = Files.newBufferedReader(file)) {
                properties.load(reader);
            } catch (IllegalArgumentException e) {
                throw new IOException(file + " is damaged", e);
            }
            properties.stringPropertyNames().forEach(id -> known.put(id, properties.getProperty(id)));
        }
        return known;
    }

    private static void write(Path file, Map<String, String> known) throws IOException {
        Properties properties = new Properties();
        properties.putAll(known);
        StringWriter text = new StringWriter();
        properties.store(text, "Log directories that this node has used: directory.id=path");
        DurableFile.replace(file, text.toString());
    }

    /** Where the metadata quorum keeps its storage. */
    public DataDirectory metadata() {
        return metadata;
    }

    /** The log directories in the order of {@code log.dirs}, those that are not well too. */
    public List<LogDirectoryConfig> logDirectories() {
        return List.copyOf(logDirectories);
    }

    @Override
    public void close() {
        opened.forEach(DataDirectory::close);
    }
}
