package io.barnabas.chaos.cluster;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An ext4 file system on a loop device, whose blocks are in memory. What a process writes is in the kernel's page cache
 * first, as with any disk, and on the device only when it is synced or the kernel gets round to it. So power can be cut:
 * what is not on the device is gone. Needs root, {@code mkfs.ext4} (e2fsprogs), and {@code fsfreeze} and {@code mountpoint} (util-linux).
 */
final class BlockDisk extends NodeDisk {

    private static final String BESIDE = "-device";
    private static final String IMAGE = "image";
    /** For what the file system keeps beside files, and for what the image takes of the memory's own. */
    private static final int OVERHEAD_MB = 32;

    /** The kernel may hold files for a moment after the process that had them open has ended. */
    private static final long RELEASE_NS = TimeUnit.SECONDS.toNanos(5);

    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Path memory;

    private BlockDisk(Path directory, Path memory) {
        super(directory);
        this.memory = memory;
    }

    /**
     * Makes one and mounts it on a directory.
     *
     * @throws HostCommandException when the host does not allow it; nothing is left of it then
     */
    static BlockDisk mount(Path directory, int megabytes) {
        Path memory = directory.resolveSibling(directory.getFileName() + BESIDE);
        mountMemory(memory, megabytes + OVERHEAD_MB);
        BlockDisk disk = new BlockDisk(directory, memory);
        try {
            HostCommand.run("truncate", "-s", megabytes + "m", disk.image());
            HostCommand.run("mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=1,nodiscard", disk.image());
            makeDirectory(directory);
            disk.mount();
            return disk;
        } catch (HostCommandException e) {
            disk.close();
            throw e;
        }
    }

    /** Takes away what is mounted from such a memory, if it is that of a block disk. */
    static void unmountAbove(Path memory) {
        String name = memory.getFileName().toString();
        if (name.endsWith(BESIDE)) {
            String directory = memory.resolveSibling(name.substring(0, name.length() - BESIDE.length()))
                    .toString();
            HostCommand.attempt("fsfreeze", "--unfreeze", directory);
            HostCommand.attempt("umount", "-l", directory);
        }
    }

    private String image() {
        return memory.resolve(IMAGE).toString();
    }

    private void mount() {
        HostCommand.run(
                "mount",
                "-t",
                "ext4",
                "-o",
                "loop,discard",
                image(),
                directory().toString());
    }

    /** What was not synced is lost, and nothing can be read or written until {@link #reconnect}. */
    void cutPower() {
        FileSystemShutdown.of(directory(), FileSystemShutdown.Unsynced.IS_LOST);
    }

    /** Whoever reads or writes gets an error from now on, until {@link #reconnect}. */
    void breakDown() {
        FileSystemShutdown.of(directory(), FileSystemShutdown.Unsynced.IS_KEPT);
    }

    /** Works again, with what reached the device before; while no process has a file of it open. May be tried again. */
    void reconnect() {
        if (isMounted()) {
            unmount();
        }
        mount();
    }

    private boolean isMounted() {
        return HostCommand.attempt("mountpoint", "-q", directory().toString());
    }

    private void unmount() {
        long deadline = System.nanoTime() + RELEASE_NS;
        while (!HostCommand.attempt("umount", directory().toString())) {
            if (System.nanoTime() - deadline > 0) {
                throw new HostCommandException("somebody still uses " + directory());
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }

    /** Whoever writes or syncs waits until {@link #goOn}. */
    void stall() {
        HostCommand.run("fsfreeze", "--freeze", directory().toString());
    }

    /** Those who wait go on. */
    void goOn() {
        HostCommand.run("fsfreeze", "--unfreeze", directory().toString());
    }

    @Override
    public void close() {
        unmountAbove(memory);
        HostCommand.attempt("umount", "-l", memory.toString());
    }
}
