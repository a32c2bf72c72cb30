package io.barnabas.log.segment;

import io.barnabas.log.LogSlice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** Whole batches of one segment file, which stays open until the slice is released. */
final class FileSlice implements LogSlice {

    private final SegmentFile file;
    private final long position;
    private final int sizeInBytes;
    private final AtomicBoolean released = new AtomicBoolean();

    /** Takes over one hold of {@code file}. */
    FileSlice(SegmentFile file, long position, int sizeInBytes) {
        this.file = file;
        this.position = position;
        this.sizeInBytes = sizeInBytes;
    }

    Path path() {
        return file.path();
    }

    /** Fills {@code into} from the slice's first byte on. */
    void readInto(ByteBuffer into) throws IOException {
        int wanted = into.remaining();
        if (file.read(into, position) < wanted) {
            throw new CorruptLogException(file.path(), position, "the file ends within a batch");
        }
    }

    @Override
    public FileChannel channel() {
        try {
            return file.channel();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public int sizeInBytes() {
        return sizeInBytes;
    }

    @Override
    public void release() {
        if (!released.compareAndSet(false, true)) {
            throw new IllegalStateException("slice of " + file.path() + " was released twice");
        }
        try {
            file.release();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
