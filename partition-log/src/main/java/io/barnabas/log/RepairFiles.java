package io.barnabas.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The repairs under way, one file each, so that a node that stops in the middle of one takes it up again: until it is
 * done the replica is no member of its group, and must not run as if it were.
 */
final class RepairFiles {

    private final Path directory;

    /** @param directory made when the first repair begins */
    RepairFiles(Path directory) {
        this.directory = directory;
    }

    void begin(UUID groupId) throws IOException {
        Files.createDirectories(directory);
        Path file = file(groupId);
        if (!Files.exists(file)) {
            Files.createFile(file);
        }
        sync();
    }

    void end(UUID groupId) throws IOException {
        if (Files.deleteIfExists(file(groupId))) {
            sync();
        }
    }

    /** Those that were begun and not ended. */
    Set<UUID> begun() throws IOException {
        if (!Files.isDirectory(directory)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> UUID.fromString(file.getFileName().toString()))
                    .collect(Collectors.toSet());
        }
    }

    private Path file(UUID groupId) {
        return directory.resolve(groupId.toString());
    }

    private void sync() throws IOException {
        try (FileChannel channel = FileChannel.open(directory)) {
            channel.force(true);
        }
    }
}
