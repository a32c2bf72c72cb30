package io.barnabas.chaos.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A disk of a node's own, small enough to be filled to its last byte. Needs root. */
abstract sealed class NodeDisk implements AutoCloseable permits MemoryDisk, BlockDisk {

    private static final String SOURCE = "barnabas-chaos-";
    private static final String FILLING = "filling";
    private static final int MIB = 1 << 20;

    private final Path directory;

    /** @param directory where the node finds it */
    NodeDisk(Path directory) {
        this.directory = directory;
    }

    Path directory() {
        return directory;
    }

    /** Mounts memory on a directory, under a name by which a later run knows it. */
    static void mountMemory(Path directory, int megabytes) {
        makeDirectory(directory);
        HostCommand.run(
                "mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", SOURCE + RunTag.next(), directory.toString());
    }

    static void makeDirectory(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + directory, e);
        }
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
                BlockDisk.unmountAbove(Path.of(words[1]));
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
    public abstract void close();
}
