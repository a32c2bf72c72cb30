package io.barnabas.log.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** The file beneath, for others to put something between. Gathering writes go through {@link #write(ByteBuffer)}. */
class ForwardingChannel extends FileChannel {

    private final FileChannel beneath;

    ForwardingChannel(FileChannel beneath) {
        this.beneath = beneath;
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        return beneath.read(dst);
    }

    @Override
    public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        return beneath.read(dsts, offset, length);
    }

    @Override
    public int read(ByteBuffer dst, long position) throws IOException {
        return beneath.read(dst, position);
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        return beneath.write(src);
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
    public int write(ByteBuffer src, long position) {
        throw new UnsupportedOperationException("the log appends at the channel's position");
    }

    @Override
    public long position() throws IOException {
        return beneath.position();
    }

    @Override
    public FileChannel position(long newPosition) throws IOException {
        beneath.position(newPosition);
        return this;
    }

    @Override
    public long size() throws IOException {
        return beneath.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        beneath.truncate(size);
        return this;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        beneath.force(metaData);
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        return beneath.transferTo(position, count, target);
    }

    @Override
    public long transferFrom(ReadableByteChannel src, long position, long count) throws IOException {
        return beneath.transferFrom(src, position, count);
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
        return beneath.map(mode, position, size);
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        return beneath.lock(position, size, shared);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        return beneath.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        beneath.close();
    }
}
