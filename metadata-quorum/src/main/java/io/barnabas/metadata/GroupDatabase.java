package io.barnabas.metadata;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.ratis.util.FileUtils;
import org.apache.ratis.util.MD5FileUtil;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** The RocksDB beneath a {@link GroupStore}, from its creation to its close. */
final class GroupDatabase implements AutoCloseable {

    private static final String TABLE_SUFFIX = ".sst";
    private static final long CACHE_BYTES = 16 << 20;
    private static final long WRITE_BUFFER_BYTES = 8 << 20;
    private static final double BLOOM_BITS = 10;
    private static final int OPEN_FILES = 256;

    static {
        RocksDB.loadLibrary();
    }

    private final Cache cache = new LRUCache(CACHE_BYTES);
    private final BloomFilter bloom = new BloomFilter(BLOOM_BITS);
    private final ColumnFamilyOptions familyOptions = new ColumnFamilyOptions()
            .setTableFormatConfig(new BlockBasedTableConfig()
                    .setBlockCache(cache)
                    .setFilterPolicy(bloom)
                    .setCacheIndexAndFilterBlocks(true))
            .setWriteBufferSize(WRITE_BUFFER_BYTES)
            .setCompressionType(CompressionType.LZ4_COMPRESSION);
    private final DBOptions options = new DBOptions()
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            .setMaxOpenFiles(OPEN_FILES)
            .setMaxBackgroundJobs(2)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(1)
            .setStatsDumpPeriodSec(0);
    private final WriteOptions withoutLog = new WriteOptions().setDisableWAL(true);
    private final List<ColumnFamilyHandle> families = new ArrayList<>();
    private final RocksDB db;

    private GroupDatabase(Path directory) throws RocksDBException {
        try {
            db = RocksDB.open(
                    options,
                    directory.toString(),
                    List.of(family("default"), family("membership"), family("offsets")),
                    families);
        } catch (RocksDBException e) {
            closeOptions();
            throw e;
        }
    }

    /** A database in a directory that is emptied first, with the content of a checkpoint if there is one. */
    static GroupDatabase create(Path directory, Optional<Path> checkpoint) throws IOException, RocksDBException {
        FileUtils.deleteFully(directory);
        Files.createDirectories(directory);
        if (checkpoint.isPresent()) {
            try (Stream<Path> files = Files.list(checkpoint.get())) {
                for (Path file : files.toList()) {
                    adopt(file, directory.resolve(file.getFileName()));
                }
            }
        }
        return new GroupDatabase(directory);
    }

    /** RocksDB never writes to a table once it is made; its small files must not be shared. */
    private static void adopt(Path file, Path own) throws IOException {
        String name = file.getFileName().toString();
        if (name.endsWith(TABLE_SUFFIX)) {
            Files.createLink(own, file);
        } else if (!name.endsWith(MD5FileUtil.MD5_SUFFIX)) {
            Files.copy(file, own);
        }
    }

    private ColumnFamilyDescriptor family(String name) {
        return new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.UTF_8), familyOptions);
    }

    ColumnFamilyHandle membership() {
        return families.get(1);
    }

    ColumnFamilyHandle offsets() {
        return families.get(2);
    }

    void write(WriteBatch batch) throws RocksDBException {
        db.write(withoutLog, batch);
    }

    byte[] get(ColumnFamilyHandle family, byte[] key) throws RocksDBException {
        return db.get(family, key);
    }

    /** Entries below a key, for as long as it is open. */
    Range range(ColumnFamilyHandle family, byte[] to) {
        return new Range(family, to);
    }

    /** An iterator with all that must live as long as it does. */
    final class Range implements AutoCloseable {

        private final Slice end;
        private final ReadOptions reading;
        private final RocksIterator entries;

        private Range(ColumnFamilyHandle family, byte[] to) {
            end = new Slice(to);
            reading = new ReadOptions().setIterateUpperBound(end);
            entries = db.newIterator(family, reading);
        }

        RocksIterator entries() {
            return entries;
        }

        @Override
        public void close() {
            entries.close();
            reading.close();
            end.close();
        }
    }

    /** Copies what is small and links what is large; what is in memory is written to a table first. */
    void checkpoint(Path target) throws IOException, RocksDBException {
        try (Checkpoint checkpoint = Checkpoint.create(db)) {
            checkpoint.createCheckpoint(target.toString());
        }
        // RocksDB does not promise to have forced what it copied.
        try (Stream<Path> files = Files.list(target)) {
            for (Path file : files.toList()) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
        try (FileChannel directory = FileChannel.open(target)) {
            directory.force(true);
        }
    }

    @Override
    public void close() {
        families.forEach(ColumnFamilyHandle::close);
        db.close();
        closeOptions();
    }

    private void closeOptions() {
        withoutLog.close();
        options.close();
        familyOptions.close();
        bloom.close();
        cache.close();
    }
}
