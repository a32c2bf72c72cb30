package io.barnabas.log.directory;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One of the node's log directories.
 *
 * @param id its {@code directory.id}; of one that cannot be read, the id it had, or its path when that is not known
 * @param path the directory, absolute; {@code partitions/} and {@code index/} are below it
 * @param offline why it cannot be used, empty when it is well
 */
public record LogDirectoryConfig(String id, Path path, Optional<String> offline) {}
