package io.barnabas.chaos.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A tmpfs that can be filled to its last byte. Needs root. */
final class SmallDisk implements AutoCloseable {

    private static final String SOURCE = "barnabas-chaos-";
    private static final String FILLING = "filling";
    private static final int MIB = 1 << 20;

    private final Path directory;

    private SmallDisk(Path directory) {
        this.directory = directory;
    }

    /**
     * Mounts one on a directory.
     *
     * @throws HostCommandException when the host does not allow it
     */
    static SmallDisk mount(Path directory, int megabytes) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + directory, e);
        }
        HostCommand.run(
                "mount",
                "-t",
                "tmpfs",
                "-o",
                "size=" + megabytes + "m",
                SOURCE + RunTag.next(),
                directory.toAbsolutePath().toString());
        return new SmallDisk(directory);
    }

    /** Takes away those of runs whose process is gone. */
    static void removeLeftovers() {
        List<String> mounts;
        try {
            mounts = Files.readAllLines(Path.of("/proc/mounts"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read /proc/mounts", e);
        }
        for (String mount : mounts) {
            String[] words = mount.split(" ");
            if (words[0].startsWith(SOURCE)
                    && RunTag.in(words[0]).filter(RunTag::isDead).isPresent()) {
                HostCommand.attempt("umount", "-l", words[1]);
            }
        }
    }

    /** Writes until nothing more fits. */
    void fill() {
        byte[] block = new byte[MIB];
        try (OutputStream out = Files.newOutputStream(directory.resolve(FILLING))) {
            for (int size = block.length; size > 0; ) {
                try {
                    out.write(block, 0, size);
                } catch (IOException e) {
                    size /= 2;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot fill " + directory, e);
        }
    }

    /** Gives the room back. */
    void free() {
        try {
            Files.deleteIfExists(directory.resolve(FILLING));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot empty " + directory, e);
        }
    }

    @Override
    public void close() {
        HostCommand.attempt("umount", "-l", directory.toAbsolutePath().toString());
    }
}
