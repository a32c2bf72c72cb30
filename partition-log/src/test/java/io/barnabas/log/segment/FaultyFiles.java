package io.barnabas.log.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A file system that fails when told to: after so many written bytes, on sync, on truncation. */
final class FaultyFiles implements SegmentFiles {

    private final SegmentFiles real = SegmentFiles.direct();
    private final List<String> calls = new ArrayList<>();
    private long room = Long.MAX_VALUE;
    private boolean syncFails;
    private boolean truncateFails;

    void room(long bytes) {
        room = bytes;
    }

    void syncFails(boolean fails) {
        syncFails = fails;
    }

    void truncateFails(boolean fails) {
        truncateFails = fails;
    }

    /** Syncs, deletions and truncations so far, in order. */
    List<String> calls() {
        return calls;
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        real.createDirectory(directory);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        return real.list(directory);
    }

    @Override
    public FileChannel open(Path file) throws IOException {
        return new Channel(real.open(file), file.getFileName().toString());
    }

    @Override
    public long createdMs(Path file) throws IOException {
        return real.createdMs(file);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        calls.add("rename " + from.getFileName() + " to " + to.getFileName());
        real.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        calls.add("delete " + file.getFileName());
        real.delete(file);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        failSync();
        calls.add("sync directory");
        real.syncDirectory(directory);
    }

    private void failSync() throws IOException {
        if (syncFails) {
            throw new IOException("sync failed");
        }
    }

    private final class Channel extends FileChannel {

        private final FileChannel file;
        private final String name;

        Channel(FileChannel file, String name) {
            this.file = file;
            this.name = name;
        }

        @Override
        public int read(ByteBuffer dst) throws IOException {
            return file.read(dst);
        }

        @Override
        public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
            return file.read(dsts, offset, length);
        }

        @Override
        public int write(ByteBuffer src) throws IOException {
            if (room <= 0 && src.hasRemaining()) {
                throw new IOException("No space left on device");
            }
            int fits = (int) Math.min(room, src.remaining());
            int limit = src.limit();
            src.limit(src.position() + fits);
            try {
                int written = file.write(src);
                room -= written;
                return written;
            } finally {
                src.limit(limit);
            }
        }

        @Override
        public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
            for (int i = offset; i < offset + length; i++) {
                if (srcs[i].hasRemaining()) {
                    return write(srcs[i]);
                }
            }
            return 0;
        }

        @Override
        public long position() throws IOException {
            return file.position();
        }

        @Override
        public FileChannel position(long newPosition) throws IOException {
            file.position(newPosition);
            return this;
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            if (truncateFails) {
                throw new IOException("truncate failed");
            }
            calls.add("truncate " + name);
            file.truncate(size);
            return this;
        }

        @Override
        public void force(boolean metaData) throws IOException {
            failSync();
            calls.add("sync " + name);
            file.force(metaData);
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
            return file.transferTo(position, count, target);
        }

        @Override
        public long transferFrom(ReadableByteChannel src, long position, long count) throws IOException {
            return file.transferFrom(src, position, count);
        }

        @Override
        public int read(ByteBuffer dst, long position) throws IOException {
            return file.read(dst, position);
        }

        @Override
        public int write(ByteBuffer src, long position) {
            throw new UnsupportedOperationException("the log appends at the channel's position");
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
            return file.map(mode, position, size);
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) throws IOException {
            return file.lock(position, size, shared);
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return file.tryLock(position, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            file.close();
        }
    }
}
