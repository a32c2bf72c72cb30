package io.barnabas.log.index;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The RocksDB beneath an index. Without a write-ahead log: after a crash the newest entries are missing, never some in
 * between, since all families are flushed together. A lookup stays within a prefix, the partition or the segment: files
 * without it are passed over by their bloom filters.
 */
final class IndexStore implements AutoCloseable {

    private static final int OPEN_FILES = 128;
    private static final double BLOOM_BITS = 10;
    private static final double MEMTABLE_BLOOM = 0.05;

    static {
        RocksDB.loadLibrary();
    }

    /** RocksDB must not be touched once it is closed: lookups share the lock, closing takes it alone. */
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    private final BloomFilter bloom = new BloomFilter(BLOOM_BITS);
    private final ColumnFamilyOptions plainOptions;
    private final ColumnFamilyOptions partitionOptions;
    private final ColumnFamilyOptions segmentOptions;
    private final DBOptions options;
    private final WriteOptions withoutLog = new WriteOptions().setDisableWAL(true);
    private final ReadOptions withinPrefix = new ReadOptions();
    private final ReadOptions acrossPrefixes = new ReadOptions().setTotalOrderSeek(true);
    private final RocksDB db;
    private final List<ColumnFamilyHandle> families = new ArrayList<>();
    private final ColumnFamilyHandle offsets;
    private final ColumnFamilyHandle timestamps;
    private final ColumnFamilyHandle marks;
    private boolean closed;

    IndexStore(Path directory, IndexResources resources) throws RocksDBException {
        plainOptions = familyOptions(resources);
        partitionOptions = familyOptions(resources)
                .useFixedLengthPrefixExtractor(IndexKeys.PARTITION)
                .setMemtablePrefixBloomSizeRatio(MEMTABLE_BLOOM);
        segmentOptions = familyOptions(resources)
                .useFixedLengthPrefixExtractor(IndexKeys.PARTITION_AND_SEGMENT)
                .setMemtablePrefixBloomSizeRatio(MEMTABLE_BLOOM);
        options = new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setAtomicFlush(true)
                .setWriteBufferManager(resources.buffers())
                .setMaxOpenFiles(OPEN_FILES)
                .setMaxBackgroundJobs(2)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(2)
                .setStatsDumpPeriodSec(0);
        List<ColumnFamilyDescriptor> descriptors = List.of(
                family("default", plainOptions),
                family("offsets", partitionOptions),
                family("timestamps", segmentOptions),
                family("segments", plainOptions));
        try {
            db = RocksDB.open(options, directory.toString(), descriptors, families);
        } catch (RocksDBException e) {
            closeOptions();
            throw e;
        }
        offsets = families.get(1);
        timestamps = families.get(2);
        marks = families.get(3);
    }

    private ColumnFamilyOptions familyOptions(IndexResources resources) {
        return new ColumnFamilyOptions()
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(resources.cache())
                        .setFilterPolicy(bloom)
                        .setCacheIndexAndFilterBlocks(true))
                .setWriteBufferSize(resources.familyBufferBytes())
                .setCompressionType(CompressionType.LZ4_COMPRESSION);
    }

    private static ColumnFamilyDescriptor family(String name, ColumnFamilyOptions options) {
        return new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.UTF_8), options);
    }

    /** Deletes what is in a directory, so that a store can begin anew there. */
    static void wipe(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    void put(List<Map.Entry<UUID, IndexEntry>> entries) throws RocksDBException {
        lock.readLock().lock();
        try (WriteBatch batch = new WriteBatch()) {
            if (closed) {
                return;
            }
            for (Map.Entry<UUID, IndexEntry> each : entries) {
                UUID partition = each.getKey();
                IndexEntry entry = each.getValue();
                batch.put(offsets, IndexKeys.offsetKey(partition, entry.offset()), IndexKeys.offsetValue(entry));
                batch.put(
                        timestamps,
                        IndexKeys.timeKey(partition, entry.segmentBase(), entry.maxTimestamp()),
                        IndexKeys.timeValue(entry));
            }
            db.write(withoutLog, batch);
        } finally {
            lock.readLock().unlock();
        }
    }

    Optional<IndexEntry> floor(UUID partition, long offset) throws RocksDBException {
        return last(offsets, IndexKeys.offsetKey(partition, offset), partition, false);
    }

    /** The last entry of a segment up to which no timestamp is larger than {@code timestampMs}. */
    Optional<IndexEntry> floorTime(UUID partition, long segmentBase, long timestampMs) throws RocksDBException {
        return last(timestamps, IndexKeys.timeKey(partition, segmentBase, timestampMs), partition, true)
                .filter(entry -> entry.segmentBase() == segmentBase);
    }

    private Optional<IndexEntry> last(ColumnFamilyHandle family, byte[] upTo, UUID partition, boolean byTime)
            throws RocksDBException {
        lock.readLock().lock();
        try {
            if (closed) {
                return Optional.empty();
            }
            try (RocksIterator entries = db.newIterator(family, withinPrefix)) {
                entries.seekForPrev(upTo);
                entries.status();
                if (!entries.isValid()) {
                    return Optional.empty();
                }
                return byTime
                        ? IndexKeys.timeEntry(partition, entries.key(), entries.value())
                        : IndexKeys.offsetEntry(partition, entries.key(), entries.value());
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    void putMark(UUID partition, SegmentMark mark) throws RocksDBException {
        lock.readLock().lock();
        try {
            if (!closed) {
                db.put(marks, withoutLog, IndexKeys.markKey(partition, mark.segmentBase()), IndexKeys.markValue(mark));
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    Optional<SegmentMark> markOf(UUID partition, long segmentBase) throws RocksDBException {
        lock.readLock().lock();
        try {
            return closed
                    ? Optional.empty()
                    : IndexKeys.mark(segmentBase, db.get(marks, IndexKeys.markKey(partition, segmentBase)));
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Removes a partition's entries at or above an offset and makes that durable. */
    void truncate(UUID partition, long offset) throws RocksDBException {
        lock.readLock().lock();
        try (WriteBatch batch = new WriteBatch()) {
            if (closed) {
                return;
            }
            byte[] after = IndexKeys.after(partition);
            byte[] segmentsAbove = IndexKeys.timeKey(partition, offset, Long.MIN_VALUE);
            batch.deleteRange(offsets, IndexKeys.offsetKey(partition, offset), after);
            batch.deleteRange(timestamps, segmentsAbove, after);
            reopenMark(batch, partition, offset);
            // In the segment that holds the offset, entries of larger timestamps have larger offsets.
            try (RocksIterator entries = db.newIterator(timestamps, acrossPrefixes)) {
                for (entries.seekForPrev(segmentsAbove); entries.isValid(); entries.prev()) {
                    Optional<IndexEntry> entry = IndexKeys.timeEntry(partition, entries.key(), entries.value());
                    if (entry.isEmpty() || entry.get().offset() < offset) {
                        break;
                    }
                    batch.delete(timestamps, entries.key());
                }
                entries.status();
            }
            db.write(withoutLog, batch);
            flushFamilies();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Marks of the segments above go; a closed segment that reaches over the offset may grow again. */
    private void reopenMark(WriteBatch batch, UUID partition, long offset) throws RocksDBException {
        byte[] from = IndexKeys.markKey(partition, offset);
        batch.deleteRange(marks, from, IndexKeys.after(partition));
        try (RocksIterator each = db.newIterator(marks, acrossPrefixes)) {
            each.seekForPrev(from);
            if (each.isValid()) {
                Optional<SegmentMark> last = IndexKeys.markedSegment(partition, each.key())
                        .flatMap(base -> IndexKeys.mark(base, each.value()));
                if (last.isPresent()
                        && last.get().segmentBase() < offset
                        && last.get().nextOffset() > offset) {
                    batch.put(
                            marks,
                            each.key(),
                            IndexKeys.markValue(SegmentMark.growing(last.get().segmentBase())));
                }
            }
            each.status();
        }
    }

    /** Removes a partition's entries of the segments between two offsets. */
    void removeSegments(UUID partition, long fromOffset, long toOffset, boolean durably) throws RocksDBException {
        lock.readLock().lock();
        try (WriteBatch batch = new WriteBatch()) {
            if (closed || fromOffset >= toOffset) {
                return;
            }
            batch.deleteRange(
                    offsets, IndexKeys.offsetKey(partition, fromOffset), IndexKeys.offsetKey(partition, toOffset));
            batch.deleteRange(
                    timestamps,
                    IndexKeys.timeKey(partition, fromOffset, Long.MIN_VALUE),
                    IndexKeys.timeKey(partition, toOffset, Long.MIN_VALUE));
            batch.deleteRange(marks, IndexKeys.markKey(partition, fromOffset), IndexKeys.markKey(partition, toOffset));
            db.write(withoutLog, batch);
            if (durably) {
                flushFamilies();
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Removes all of a partition's entries. */
    void clear(UUID partition) throws RocksDBException {
        lock.readLock().lock();
        try (WriteBatch batch = new WriteBatch()) {
            if (closed) {
                return;
            }
            byte[] after = IndexKeys.after(partition);
            batch.deleteRange(offsets, IndexKeys.offsetKey(partition, 0), after);
            batch.deleteRange(timestamps, IndexKeys.timeKey(partition, 0, Long.MIN_VALUE), after);
            batch.deleteRange(marks, IndexKeys.markKey(partition, 0), after);
            db.write(withoutLog, batch);
        } finally {
            lock.readLock().unlock();
        }
    }

    void flush() throws RocksDBException {
        lock.readLock().lock();
        try {
            if (!closed) {
                flushFamilies();
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    private void flushFamilies() throws RocksDBException {
        try (FlushOptions waiting = new FlushOptions().setWaitForFlush(true)) {
            db.flush(waiting, families);
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            families.forEach(ColumnFamilyHandle::close);
            db.close();
            closeOptions();
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void closeOptions() {
        acrossPrefixes.close();
        withinPrefix.close();
        withoutLog.close();
        options.close();
        segmentOptions.close();
        partitionOptions.close();
        plainOptions.close();
        bloom.close();
    }
}
