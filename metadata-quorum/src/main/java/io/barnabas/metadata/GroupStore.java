package io.barnabas.metadata;

import com.google.protobuf.InvalidProtocolBufferException;
import io.barnabas.metadata.proto.GroupRecordMessage;
import io.barnabas.metadata.proto.OffsetValueMessage;
import io.barnabas.metadata.rules.MetadataCommand.ShardRecords;
import io.barnabas.metadata.rules.group.GroupRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * The group records of all shards in RocksDB. It is no more durable than Raft needs: what a process wrote since the last
 * {@link #checkpoint} it writes again from the Raft log, into what {@link #restore} made of that checkpoint.
 */
final class GroupStore implements GroupRecords, AutoCloseable {

    /** Restoring and closing take the lock alone: RocksDB must not be touched once it is closed. */
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    private GroupDatabase database;

    /**
     * Begins anew with the content of a checkpoint, whose files are left as they are.
     *
     * @param directory of the live files; emptied first
     * @param checkpoint a checkpoint's directory, on the same file system, or none for an empty store
     */
    void restore(Path directory, Optional<Path> checkpoint) throws IOException {
        lock.writeLock().lock();
        try {
            close();
            database = GroupDatabase.create(directory, checkpoint);
        } catch (RocksDBException e) {
            throw new IOException("the groups in " + directory + " cannot be opened: " + e.getMessage(), e);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Writes records that were accepted, all or none. */
    void apply(Collection<ShardRecords> shards) throws IOException {
        lock.readLock().lock();
        try (WriteBatch batch = new WriteBatch()) {
            for (ShardRecords shard : shards) {
                for (GroupRecord record : shard.records()) {
                    write(batch, record);
                }
            }
            open().write(batch);
        } catch (RocksDBException e) {
            throw new IOException("group records cannot be written: " + e.getMessage(), e);
        } finally {
            lock.readLock().unlock();
        }
    }

    private void write(WriteBatch batch, GroupRecord record) throws RocksDBException {
        GroupDatabase db = open();
        byte[] key = GroupKeys.of(record);
        switch (record) {
            case GroupRecord.CommittedOffset offset ->
                batch.put(
                        db.offsets(), key, GroupRecordCodec.offsetValue(offset).toByteArray());
            case GroupRecord.OffsetRemoved removed -> batch.delete(db.offsets(), key);
            case GroupRecord.RegexRemoved removed -> batch.delete(db.membership(), key);
            case GroupRecord.ConsumerMemberRemoved(String group, String member) -> {
                batch.delete(db.membership(), key);
                batch.delete(db.membership(), GroupKeys.targetAssignment(group, member));
                batch.delete(db.membership(), GroupKeys.currentAssignment(group, member));
            }
            case GroupRecord.MembershipRemoved removed -> batch.deleteRange(db.membership(), key, GroupKeys.after(key));
            case GroupRecord.GroupRemoved removed -> {
                batch.deleteRange(db.membership(), key, GroupKeys.after(key));
                batch.deleteRange(db.offsets(), key, GroupKeys.after(key));
            }
            case GroupRecord.ClassicGroupState value -> put(batch, db, key, value);
            case GroupRecord.ConsumerGroupState value -> put(batch, db, key, value);
            case GroupRecord.ConsumerMemberState value -> put(batch, db, key, value);
            case GroupRecord.TargetAssignment value -> put(batch, db, key, value);
            case GroupRecord.CurrentAssignment value -> put(batch, db, key, value);
            case GroupRecord.ResolvedRegex value -> put(batch, db, key, value);
        }
    }

    private static void put(WriteBatch batch, GroupDatabase db, byte[] key, GroupRecord value) throws RocksDBException {
        batch.put(db.membership(), key, GroupRecordCodec.encode(value).toByteArray());
    }

    /**
     * Makes a durable copy of the store, of links to its files and independent of how much it holds.
     *
     * @param target a directory that is not there yet, on the same file system
     */
    void checkpoint(Path target) throws IOException {
        lock.readLock().lock();
        try {
            open().checkpoint(target);
        } catch (RocksDBException e) {
            throw new IOException("a checkpoint of the groups cannot be made: " + e.getMessage(), e);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void scan(int shard, Consumer<GroupRecord.Membership> reader) {
        byte[] prefix = GroupKeys.shard(shard);
        lock.readLock().lock();
        try (GroupDatabase.Range range = open().range(open().membership(), GroupKeys.after(prefix))) {
            RocksIterator entries = range.entries();
            for (entries.seek(prefix); entries.isValid(); entries.next()) {
                reader.accept((GroupRecord.Membership)
                        GroupRecordCodec.decode(GroupRecordMessage.parseFrom(entries.value())));
            }
            entries.status();
        } catch (RocksDBException | InvalidProtocolBufferException e) {
            throw unreadable(e);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public List<GroupRecord.CommittedOffset> offsets(String group) {
        byte[] prefix = GroupKeys.group(group);
        List<GroupRecord.CommittedOffset> offsets = new ArrayList<>();
        lock.readLock().lock();
        try (GroupDatabase.Range range = open().range(open().offsets(), GroupKeys.after(prefix))) {
            RocksIterator entries = range.entries();
            for (entries.seek(prefix); entries.isValid(); entries.next()) {
                GroupKeys.Place place = GroupKeys.place(entries.key(), prefix.length);
                offsets.add(GroupRecordCodec.committedOffset(
                        group, place.topic(), place.partition(), OffsetValueMessage.parseFrom(entries.value())));
            }
            entries.status();
            return offsets;
        } catch (RocksDBException | InvalidProtocolBufferException e) {
            throw unreadable(e);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public Optional<GroupRecord.CommittedOffset> offset(String group, String topic, int partition) {
        lock.readLock().lock();
        try {
            byte[] value = open().get(open().offsets(), GroupKeys.offset(group, topic, partition));
            return value == null
                    ? Optional.empty()
                    : Optional.of(GroupRecordCodec.committedOffset(
                            group, topic, partition, OffsetValueMessage.parseFrom(value)));
        } catch (RocksDBException | InvalidProtocolBufferException e) {
            throw unreadable(e);
        } finally {
            lock.readLock().unlock();
        }
    }

    private GroupDatabase open() {
        if (database == null) {
            throw new UncheckedIOException(new IOException("the group store is closed"));
        }
        return database;
    }

    private static UncheckedIOException unreadable(Exception cause) {
        return new UncheckedIOException(new IOException("group records cannot be read: " + cause.getMessage(), cause));
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (database != null) {
                database.close();
                database = null;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
