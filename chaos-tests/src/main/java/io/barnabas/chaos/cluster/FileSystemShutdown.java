package io.barnabas.chaos.cluster;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * Parts a mounted file system from its device at once: all that is read or written later fails with EIO, until it is
 * mounted again. This is what the file systems' own tests do to try power cuts ({@code ioctl EXT4_IOC_SHUTDOWN}, of the
 * same number in ext4, xfs and f2fs); no command of Debian's base does it, so libc is called. Needs root.
 */
final class FileSystemShutdown {

    /** _IOR('X', 125, __u32) of linux/fs.h. */
    private static final long SHUTDOWN = 0x8004_587DL;

    private static final int READ_ONLY = 0;

    private FileSystemShutdown() {}

    /** What becomes of what was written and not synced. */
    enum Unsynced {
        /** The journal is flushed before (EXT4_GOING_FLAGS_LOGFLUSH). */
        IS_KEPT(1),
        /** As when power is cut (EXT4_GOING_FLAGS_NOLOGFLUSH). */
        IS_LOST(2);

        private final int flag;

        Unsynced(int flag) {
            this.flag = flag;
        }
    }

    /**
     * Does it.
     *
     * @throws HostCommandException when the kernel refuses
     */
    static void of(Path mountPoint, Unsynced unsynced) {
        try (Arena arena = Arena.ofConfined()) {
            int file = (int) Libc.OPEN.invokeExact(arena.allocateFrom(mountPoint.toString()), READ_ONLY);
            if (file < 0) {
                throw new HostCommandException("cannot open " + mountPoint);
            }
            try {
                MemorySegment flag = arena.allocateFrom(ValueLayout.JAVA_INT, unsynced.flag);
                if ((int) Libc.IOCTL.invokeExact(file, SHUTDOWN, flag) != 0) {
                    throw new HostCommandException("the file system of " + mountPoint + " cannot be shut down");
                }
            } finally {
                int closed = (int) Libc.CLOSE.invokeExact(file);
                assert closed == 0 : mountPoint;
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new HostCommandException("libc cannot be called", e);
        }
    }

    /** Functions of libc; found when they are first needed, since only some runs need them. */
    private static final class Libc {

        private static final Linker LINKER = Linker.nativeLinker();

        static final MethodHandle OPEN = function(
                "open",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                Linker.Option.firstVariadicArg(2));
        static final MethodHandle IOCTL = function(
                "ioctl",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
                Linker.Option.firstVariadicArg(2));
        static final MethodHandle CLOSE =
                function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

        private static MethodHandle function(String name, FunctionDescriptor shape, Linker.Option... options) {
            return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), shape, options);
        }
    }
}
