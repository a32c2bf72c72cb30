package io.barnabas.log.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/**
 * A real disk with faults that are switched on and off while a replica runs on it: writes, reads or syncs fail, or
 * syncs take as long as it pleases. Any thread may switch.
 */
public final class DiskFaults extends ForwardingFiles {

    private final AtomicReference<IOException> writes = new AtomicReference<>();
    private final AtomicReference<IOException> reads = new AtomicReference<>();
    private final AtomicReference<IOException> syncs = new AtomicReference<>();
    private volatile Predicate<Path> where = file -> true;
    private final AtomicLong synced = new AtomicLong();
    private final AtomicLong segmentReads = new AtomicLong();
    private boolean holding;
    private int held;

    public DiskFaults() {
        super(SegmentFiles.direct());
    }

    /** Only files below a directory have faults. */
    public void only(Path directory) {
        where = file -> file.startsWith(directory);
    }

    /** From now on writes fail; {@code null} heals them. */
    public void failWrites(IOException fault) {
        writes.set(fault);
    }

    /** From now on reads fail; {@code null} heals them. */
    public void failReads(IOException fault) {
        reads.set(fault);
    }

    /** From now on syncs fail; {@code null} heals them. */
    public void failSyncs(IOException fault) {
        syncs.set(fault);
    }

    /** From now on syncs of files wait for {@link #releaseSyncs}. */
    public synchronized void holdSyncs() {
        holding = true;
    }

    public synchronized void releaseSyncs() {
        holding = false;
        notifyAll();
    }

    /** Syncs that wait now. */
    public synchronized int heldSyncs() {
        return held;
    }

    /** Syncs of files that were done. */
    public long syncs() {
        return synced.get();
    }

    /** Reads from segment files. */
    public long segmentReads() {
        return segmentReads.get();
    }

    private synchronized void waitWhileHeld() throws IOException {
        held++;
        try {
            while (holding) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            held--;
        }
    }

    private void fail(AtomicReference<IOException> fault, Path file) throws IOException {
        Optional<IOException> failure = Optional.ofNullable(fault.get());
        if (failure.isPresent() && where.test(file)) {
            throw new IOException(failure.get().getMessage());
        }
    }

    @Override
    public FileChannel open(Path file) throws IOException {
        return new Channel(super.open(file), file);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        fail(syncs, directory);
        super.syncDirectory(directory);
    }

    private final class Channel extends ForwardingChannel {

        private final Path path;

        Channel(FileChannel file, Path path) {
            super(file);
            this.path = path;
        }

        @Override
        public int read(ByteBuffer dst, long position) throws IOException {
            fail(reads, path);
            if (path.toString().endsWith(".log")) {
                segmentReads.incrementAndGet();
            }
            return super.read(dst, position);
        }

        @Override
        public int write(ByteBuffer src) throws IOException {
            fail(writes, path);
            return super.write(src);
        }

        @Override
        public void force(boolean metaData) throws IOException {
            waitWhileHeld();
            fail(syncs, path);
            super.force(metaData);
            synced.incrementAndGet();
        }
    }
}
