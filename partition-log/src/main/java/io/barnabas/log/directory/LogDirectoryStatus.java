package io.barnabas.log.directory;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A log directory's condition.
 *
 * @param path the directory
 * @param offline why it is not used, empty when it is well
 * @param totalBytes size of its volume, -1 when unknown
 * @param usableBytes what is free on its volume, -1 when unknown
 */
public record LogDirectoryStatus(Path path, Optional<String> offline, long totalBytes, long usableBytes) {}
