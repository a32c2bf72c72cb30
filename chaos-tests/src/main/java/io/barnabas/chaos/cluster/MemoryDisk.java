package io.barnabas.chaos.cluster;

import java.nio.file.Path;

/** A tmpfs: for hosts without loop devices. */
final class MemoryDisk extends NodeDisk {

    private MemoryDisk(Path directory) {
        super(directory);
    }

    /**
     * Mounts one on a directory.
     *
     * @throws HostCommandException when the host does not allow it
     */
    static MemoryDisk mount(Path directory, int megabytes) {
        mountMemory(directory, megabytes);
        return new MemoryDisk(directory);
    }

    @Override
    public void close() {
        HostCommand.attempt("umount", "-l", directory().toString());
    }
}
