package io.barnabas.log.index;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The index of all partitions of a data directory: sparse entries in one RocksDB, from offset and from time to a place
 * in a segment file. What it holds can be read from the segments again, so a damaged one is thrown away, while it is in
 * use too: a new {@link IndexSink#generation} begins, empty, and the logs fill it in the background. Close the logs
 * first.
 */
public final class LogIndex implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(LogIndex.class);

    /** A disk that fails for good must not be kept busy with wiping. */
    private static final long WIPE_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Path directory;
    private final IndexResources resources;
    private final IndexWriter writer;
    private final AtomicLong generation = new AtomicLong();
    private final AtomicBoolean wiping = new AtomicBoolean();
    private volatile IndexStore store;
    private volatile boolean closed;
    private volatile long lastWipeNanos = System.nanoTime() - WIPE_INTERVAL_NANOS;

    private LogIndex(Path directory, IndexResources resources, IndexStore store) {
        this.directory = directory;
        this.resources = resources;
        this.store = store;
        this.writer = new IndexWriter(() -> this.store, generation::get, this::writeFailed);
    }

    /**
     * Opens the index in a directory of its own, which is made when it is missing and emptied when it is damaged.
     *
     * @param resources shared with other indexes, and closed by the caller after them
     * @throws IOException when another process has it, or the directory cannot be written
     */
    public static LogIndex open(Path directory, IndexResources resources) throws IOException {
        Files.createDirectories(directory);
        try {
            return new LogIndex(directory, resources, new IndexStore(directory, resources));
        } catch (RocksDBException e) {
            if (isLocked(e)) {
                throw new IOException("index " + directory + " is in use by another process", e);
            }
            LOG.warn("index {} is damaged and begins anew: {}", directory, e.getMessage());
        }
        IndexStore.wipe(directory);
        try {
            return new LogIndex(directory, resources, new IndexStore(directory, resources));
        } catch (RocksDBException e) {
            throw new IOException("index " + directory + " cannot be opened: " + e.getMessage(), e);
        }
    }

    private static boolean isLocked(RocksDBException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("lock file") || message.contains("lock hold");
    }

    /** The index as the log of one partition sees it. */
    public IndexSink partition(UUID groupId) {
        return new Partition(groupId);
    }

    /** Entries that were not stored, because they came faster than they could be written or the disk failed. */
    public long dropped() {
        return writer.dropped();
    }

    /** Stores what is waiting and makes it durable. */
    public void flush() throws IOException {
        writer.runInOrder(() -> store.flush());
    }

    @Override
    public void close() throws IOException {
        try {
            writer.close();
        } finally {
            synchronized (this) {
                closed = true;
                store.close();
            }
        }
    }

    /** On the writer's thread. Without space RocksDB goes on by itself when there is some again. */
    private void writeFailed(RocksDBException e) {
        generation.incrementAndGet();
        Status status = e.getStatus();
        if (status == null || status.getSubCode() != Status.SubCode.NoSpace) {
            damaged(e);
        } else {
            LOG.warn("index {} cannot be written, its disk is full; lookups will scan more of the segments", directory);
        }
    }

    private void readFailed(RocksDBException e) {
        damaged(e);
    }

    /** Lookups find nothing until the writer's thread, which alone changes the store, has begun a new one. */
    private void damaged(RocksDBException e) {
        if (System.nanoTime() - lastWipeNanos < WIPE_INTERVAL_NANOS || !wiping.compareAndSet(false, true)) {
            return;
        }
        LOG.warn(
                "index {} is damaged; it is wiped and filled again from the segments, lookups scan them meanwhile: {}",
                directory,
                e.getMessage());
        Thread.ofPlatform().name("log-index-wipe").daemon().start(this::beginAnew);
    }

    private void beginAnew() {
        while (!writer.isClosing()) {
            try {
                writer.runInOrder(this::replaceStore);
                break;
            } catch (IOException e) {
                LOG.error("index {} cannot be made anew, lookups scan segments: {}", directory, e.getMessage());
                LockSupport.parkNanos(this, WIPE_INTERVAL_NANOS);
            }
        }
        lastWipeNanos = System.nanoTime();
        wiping.set(false);
    }

    private synchronized void replaceStore() throws RocksDBException {
        if (closed) {
            return;
        }
        generation.incrementAndGet();
        store.close();
        try {
            IndexStore.wipe(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        store = new IndexStore(directory, resources);
    }

    private final class Partition implements IndexSink {

        private final UUID groupId;

        Partition(UUID groupId) {
            this.groupId = groupId;
        }

        @Override
        public boolean add(IndexEntry entry) {
            return writer.offer(groupId, entry);
        }

        @Override
        public void restore(IndexEntry entry) {
            writer.put(groupId, entry);
        }

        @Override
        public Optional<IndexEntry> floor(long offset) {
            return offset < 0 ? Optional.empty() : lookup(() -> store.floor(groupId, offset));
        }

        @Override
        public Optional<IndexEntry> beforeTime(long segmentBase, long timestampMs) {
            return timestampMs == Long.MIN_VALUE
                    ? Optional.empty()
                    : lookup(() -> store.floorTime(groupId, segmentBase, timestampMs - 1));
        }

        @Override
        public Optional<SegmentMark> markOf(long segmentBase) {
            return lookup(() -> store.markOf(groupId, segmentBase));
        }

        private <T> Optional<T> lookup(Lookup<T> lookup) {
            try {
                return lookup.run();
            } catch (RocksDBException e) {
                readFailed(e);
                return Optional.empty();
            }
        }

        @Override
        public boolean restoredLater() {
            return true;
        }

        @Override
        public long generation() {
            return generation.get();
        }

        @Override
        public void mark(SegmentMark mark, long ofGeneration) {
            writer.offer(groupId, mark, ofGeneration);
        }

        @Override
        public void truncate(long offset) {
            inOrder(() -> store.truncate(groupId, offset));
        }

        @Override
        public void trim(long offset) {
            writer.enqueue(() -> store.removeSegments(groupId, 0, offset, false));
        }

        @Override
        public void removeSegments(long fromOffset, long toOffset) {
            inOrder(() -> store.removeSegments(groupId, fromOffset, toOffset, true));
        }

        @Override
        public void clear() {
            inOrder(() -> store.clear(groupId));
        }

        private void inOrder(IndexWriter.Change change) {
            try {
                writer.runInOrder(change);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @FunctionalInterface
    private interface Lookup<T> {
        Optional<T> run() throws RocksDBException;
    }
}
