package io.barnabas.log.index;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Reads an index that no node has open, and changes nothing in its directory. */
public final class IndexReader implements Closeable {

    static {
        RocksDB.loadLibrary();
    }

    private final Path scratch;
    private final DBOptions options;
    private final ColumnFamilyOptions familyOptions = new ColumnFamilyOptions();
    private final ReadOptions inOrder = new ReadOptions().setTotalOrderSeek(true);
    private final List<ColumnFamilyHandle> families = new ArrayList<>();
    private final RocksDB db;

    private IndexReader(Path directory, Path scratch) throws RocksDBException {
        this.scratch = scratch;
        // RocksDB writes a log of its own even when it only reads.
        this.options = new DBOptions().setDbLogDir(scratch.toString());
        List<ColumnFamilyDescriptor> descriptors = Stream.of("default", "offsets", "timestamps", "segments")
                .map(name -> new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.UTF_8), familyOptions))
                .toList();
        try {
            this.db = RocksDB.openReadOnly(options, directory.toString(), descriptors, families);
        } catch (RocksDBException e) {
            closeOptions();
            throw e;
        }
    }

    /**
     * Opens the index in {@code directory}.
     *
     * @throws IOException when there is none, or it is damaged
     */
    public static IndexReader open(Path directory) throws IOException {
        Path scratch = Files.createTempDirectory("barnabas-index");
        try {
            return new IndexReader(directory, scratch);
        } catch (RocksDBException e) {
            delete(scratch);
            throw new IOException("index " + directory + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** A partition's entries by offset. */
    public Cursor<IndexEntry> offsets(UUID partition) {
        return cursor(1, IndexKeys.offsetKey(partition, 0), (k, v) -> IndexKeys.offsetEntry(partition, k, v));
    }

    /** A partition's entries by segment and time. */
    public Cursor<IndexEntry> times(UUID partition) {
        byte[] first = IndexKeys.timeKey(partition, 0, Long.MIN_VALUE);
        return cursor(2, first, (k, v) -> IndexKeys.timeEntry(partition, k, v));
    }

    /** What is marked of a partition's segments. */
    public Cursor<SegmentMark> marks(UUID partition) {
        return cursor(
                3,
                IndexKeys.markKey(partition, 0),
                (k, v) -> IndexKeys.markedSegment(partition, k).flatMap(base -> IndexKeys.mark(base, v)));
    }

    private <T> Cursor<T> cursor(int family, byte[] first, BiFunction<byte[], byte[], Optional<T>> decoder) {
        RocksIterator iterator = db.newIterator(families.get(family), inOrder);
        iterator.seek(first);
        return new Cursor<>(iterator, decoder);
    }

    @Override
    public void close() throws IOException {
        families.forEach(ColumnFamilyHandle::close);
        db.close();
        closeOptions();
        delete(scratch);
    }

    private void closeOptions() {
        inOrder.close();
        options.close();
        familyOptions.close();
    }

    private static void delete(Path directory) throws IOException {
        IndexStore.wipe(directory);
        Files.delete(directory);
    }

    /** Entries in the order of their keys, as long as they are the partition's. Close it before its reader. */
    public static final class Cursor<T> implements Closeable {

        private final RocksIterator iterator;
        private final BiFunction<byte[], byte[], Optional<T>> decoder;

        private Cursor(RocksIterator iterator, BiFunction<byte[], byte[], Optional<T>> decoder) {
            this.iterator = iterator;
            this.decoder = decoder;
        }

        /** The entry that it stands at; empty after the last. */
        public Optional<T> current() throws IOException {
            if (iterator.isValid()) {
                return decoder.apply(iterator.key(), iterator.value());
            }
            try {
                iterator.status();
            } catch (RocksDBException e) {
                throw new IOException("the index cannot be read: " + e.getMessage(), e);
            }
            return Optional.empty();
        }

        /** Goes on by one. */
        public void advance() {
            iterator.next();
        }

        @Override
        public void close() {
            iterator.close();
        }
    }
}
