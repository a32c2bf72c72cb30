package io.barnabas.log.inspect;

import io.barnabas.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** Files that can be looked at only. */
enum ReadOnlyFiles implements SegmentFiles {
    INSTANCE;

    @Override
    public List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    @Override
    public FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    @Override
    public long createdMs(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toMillis();
    }

    @Override
    public void createDirectory(Path directory) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void rename(Path from, Path to) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void delete(Path file) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void syncDirectory(Path directory) {
        throw new ReadOnlyFileSystemException();
    }
}
