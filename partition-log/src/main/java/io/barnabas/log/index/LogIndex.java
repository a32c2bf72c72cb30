package io.barnabas.log.index;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The index of all partitions of a data directory: sparse entries in one RocksDB, from offset and from time to a place
 * in a segment file. What it holds can be read from the segments again, so a damaged one is thrown away; the logs fill
 * it when they are opened. Close the logs first.
 */
public final class LogIndex implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(LogIndex.class);

    private final Path directory;
    private final IndexStore store;
    private final IndexWriter writer;
    private final AtomicBoolean complained = new AtomicBoolean();

    private LogIndex(Path directory, IndexStore store) {
        this.directory = directory;
        this.store = store;
        this.writer = new IndexWriter(store);
    }

    /**
     * Opens the index in a directory of its own, which is made when it is missing and emptied when it is damaged.
     *
     * @throws IOException when another process has it, or the directory cannot be written
     */
    public static LogIndex open(Path directory) throws IOException {
        Files.createDirectories(directory);
        try {
            return new LogIndex(directory, new IndexStore(directory));
        } catch (RocksDBException e) {
            if (isLocked(e)) {
                throw new IOException("index " + directory + " is in use by another process", e);
            }
            LOG.warn("index {} is damaged and begins anew: {}", directory, e.getMessage());
        }
        IndexStore.wipe(directory);
        try {
            return new LogIndex(directory, new IndexStore(directory));
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
        writer.runInOrder(store::flush);
    }

    @Override
    public void close() throws IOException {
        try {
            writer.close();
        } finally {
            store.close();
        }
    }

    private void complain(RocksDBException e) {
        if (complained.compareAndSet(false, true)) {
            LOG.warn(
                    "index {} cannot be read and is passed over, lookups scan segments instead; to have it rebuilt,"
                            + " stop the node and delete that directory: {}",
                    directory,
                    e.getMessage());
        }
    }

    private final class Partition implements IndexSink {

        private final UUID groupId;

        Partition(UUID groupId) {
            this.groupId = groupId;
        }

        @Override
        public void add(IndexEntry entry) {
            writer.offer(groupId, entry);
        }

        @Override
        public void restore(IndexEntry entry) {
            writer.put(groupId, entry);
        }

        @Override
        public Optional<IndexEntry> floor(long offset) {
            if (offset < 0) {
                return Optional.empty();
            }
            try {
                return store.floor(groupId, offset);
            } catch (RocksDBException e) {
                complain(e);
                return Optional.empty();
            }
        }

        @Override
        public Optional<IndexEntry> beforeTime(long segmentBase, long timestampMs) {
            if (timestampMs == Long.MIN_VALUE) {
                return Optional.empty();
            }
            try {
                return store.floorTime(groupId, segmentBase, timestampMs - 1);
            } catch (RocksDBException e) {
                complain(e);
                return Optional.empty();
            }
        }

        @Override
        public void truncate(long offset) {
            inOrder(() -> store.truncate(groupId, offset));
        }

        @Override
        public void removeSegments(long fromOffset, long toOffset) {
            inOrder(() -> store.removeSegments(groupId, fromOffset, toOffset));
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
}
