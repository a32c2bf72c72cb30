package io.barnabas.log.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A disk in memory that tells what was synced from what was only written, names included, and whose power can be cut.
 * What it holds then is another disk, see {@link #afterPowerLoss}:
 *
 * <ul>
 *   <li>the synced bytes of each file and, of those written since, any sectors; between them zeros
 *   <li>the names as of the last sync of their directory and, of the changes since, the first few. File systems with
 *       a journal keep the order of changes to names; that a file was synced says nothing about its name
 * </ul>
 */
public final class PowerLossFiles implements SegmentFiles {

    private static final int SECTOR = 512;

    /** What a call meets when the power is gone. */
    public static final class PowerLost extends IOException {

        private static final long serialVersionUID = 1L;

        PowerLost() {
            super("the power is gone");
        }
    }

    private static final class Inode {
        byte[] shown = new byte[0];
        byte[] durable = new byte[0];
        final List<Change> unsynced = new ArrayList<>();

        Inode() {}

        Inode(Inode other) {
            shown = other.shown.clone();
            durable = other.durable.clone();
            unsynced.addAll(other.unsynced);
        }
    }

    private sealed interface Change {
        record Write(int at, byte[] bytes) implements Change {}

        record Truncate(int size) implements Change {}
    }

    /** A name that gets a file, or loses it when that is null; with {@code from} when it is renamed. */
    private record NameChange(Path name, Inode file, Path from) {

        void apply(Map<Path, Inode> names) {
            if (from != null) {
                names.remove(from);
            }
            if (file == null) {
                names.remove(name);
            } else {
                names.put(name, file);
            }
        }
    }

    private final Map<Path, Inode> names = new HashMap<>();
    private final Map<Path, Inode> durableNames = new HashMap<>();
    private final List<NameChange> unsyncedNames = new ArrayList<>();
    private final SplittableRandom random;
    private long steps;
    private long cutAtStep = Long.MAX_VALUE;
    private boolean lost;

    /** An empty disk; {@code random} says which part of a write is done when the power goes. */
    public PowerLossFiles(SplittableRandom random) {
        this.random = random;
    }

    /** Cuts the power at a step from now, 0 being the next one: a write, a truncation, a sync or a change of a name. */
    public synchronized void cutPowerAtStep(long step) {
        cutAtStep = steps + step;
    }

    /** Cuts the power now. */
    public synchronized void cutPower() {
        lost = true;
    }

    /** Whether the power is gone. */
    public synchronized boolean isLost() {
        return lost;
    }

    /** Whether all that was written in a directory is synced, names too. */
    public synchronized boolean isSynced(Path directory) {
        return unsyncedNames.stream()
                        .noneMatch(change -> change.name().getParent().equals(directory))
                && names.entrySet().stream()
                        .filter(file -> file.getKey().getParent().equals(directory))
                        .allMatch(file -> file.getValue().unsynced.isEmpty());
    }

    /** Steps so far. */
    public synchronized long steps() {
        return steps;
    }

    /** What the disk may hold when power is back. */
    public synchronized PowerLossFiles afterPowerLoss(SplittableRandom chance) {
        Map<Path, Inode> left = new HashMap<>(durableNames);
        int kept = unsyncedNames.isEmpty() ? 0 : chance.nextInt(unsyncedNames.size() + 1);
        unsyncedNames.subList(0, kept).forEach(change -> change.apply(left));
        PowerLossFiles next = new PowerLossFiles(chance.split());
        left.forEach((name, file) -> {
            Inode copy = new Inode();
            copy.durable = leftOf(file, chance);
            copy.shown = copy.durable.clone();
            next.names.put(name, copy);
            next.durableNames.put(name, copy);
        });
        return next;
    }

    /** What the disk shows when only the process was killed: the system keeps what it was given. */
    public synchronized PowerLossFiles afterProcessCrash() {
        PowerLossFiles next = new PowerLossFiles(random.split());
        Map<Inode, Inode> copies = new HashMap<>();
        names.forEach((name, file) -> next.names.put(name, copies.computeIfAbsent(file, inode -> new Inode(inode))));
        durableNames.forEach(
                (name, file) -> next.durableNames.put(name, copies.computeIfAbsent(file, inode -> new Inode(inode))));
        unsyncedNames.forEach(change -> next.unsyncedNames.add(new NameChange(
                change.name(),
                change.file() == null ? null : copies.computeIfAbsent(change.file(), inode -> new Inode(inode)),
                change.from())));
        return next;
    }

    private static byte[] leftOf(Inode file, SplittableRandom chance) {
        // None, all and some are the cases; among hundreds of sectors chance alone seldom gives the first two.
        int mode = chance.nextInt(3);
        if (mode == 0) {
            return file.durable.clone();
        }
        if (mode == 1) {
            return file.shown.clone();
        }
        byte[] left = file.durable.clone();
        for (Change change : file.unsynced) {
            switch (change) {
                case Change.Truncate truncate -> left = chance.nextBoolean() ? resized(left, truncate.size()) : left;
                case Change.Write write -> left = withSectorsOf(write, left, chance);
            }
        }
        return left;
    }

    private static byte[] withSectorsOf(Change.Write write, byte[] file, SplittableRandom chance) {
        byte[] left = file;
        int end = write.at() + write.bytes().length;
        for (int from = write.at(); from < end; ) {
            int to = Math.min(end, (from / SECTOR + 1) * SECTOR);
            if (chance.nextBoolean()) {
                left = left.length < to ? resized(left, to) : left;
                System.arraycopy(write.bytes(), from - write.at(), left, from, to - from);
            }
            from = to;
        }
        return left;
    }

    private static byte[] resized(byte[] bytes, int size) {
        return Arrays.copyOf(bytes, size);
    }

    /** Counts a step; true when the power goes during it. */
    private boolean step() throws IOException {
        powered();
        lost = steps++ == cutAtStep;
        return lost;
    }

    private void powered() throws IOException {
        if (lost) {
            throw new PowerLost();
        }
    }

    private void change(NameChange change) throws IOException {
        boolean goes = step();
        if (!goes || random.nextBoolean()) {
            change.apply(names);
            unsyncedNames.add(change);
        }
        powered();
    }

    @Override
    public synchronized void createDirectory(Path directory) throws IOException {
        powered();
    }

    @Override
    public synchronized List<Path> list(Path directory) throws IOException {
        powered();
        return names.keySet().stream()
                .filter(name -> name.getParent().equals(directory))
                .toList();
    }

    @Override
    public synchronized FileChannel open(Path file) throws IOException {
        powered();
        if (!names.containsKey(file)) {
            change(new NameChange(file, new Inode(), null));
        }
        return new Channel(names.get(file));
    }

    @Override
    public synchronized long createdMs(Path file) throws IOException {
        powered();
        return 0;
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        powered();
        Inode file = names.get(from);
        if (file == null) {
            throw new NoSuchFileException(from.toString());
        }
        change(new NameChange(to, file, from));
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
        powered();
        if (names.containsKey(file)) {
            change(new NameChange(file, null, null));
        }
    }

    @Override
    public synchronized void syncDirectory(Path directory) throws IOException {
        boolean goes = step();
        if (!goes || random.nextBoolean()) {
            unsyncedNames.removeIf(change -> {
                boolean here = change.name().getParent().equals(directory);
                if (here) {
                    change.apply(durableNames);
                }
                return here;
            });
        }
        powered();
    }

    private final class Channel extends FileChannel {

        private final Inode file;
        private long position;

        Channel(Inode file) {
            this.file = file;
        }

        private void usable() throws IOException {
            powered();
            if (!isOpen()) {
                throw new ClosedChannelException();
            }
        }

        @Override
        public int read(ByteBuffer dst) throws IOException {
            synchronized (PowerLossFiles.this) {
                int read = read(dst, position);
                position += Math.max(0, read);
                return read;
            }
        }

        @Override
        public long read(ByteBuffer[] dsts, int offset, int length) {
            throw new UnsupportedOperationException("the log reads into one buffer");
        }

        @Override
        public int read(ByteBuffer dst, long from) throws IOException {
            synchronized (PowerLossFiles.this) {
                usable();
                if (from >= file.shown.length) {
                    return -1;
                }
                int count = (int) Math.min(dst.remaining(), file.shown.length - from);
                dst.put(file.shown, (int) from, count);
                return count;
            }
        }

        @Override
        public int write(ByteBuffer src) throws IOException {
            byte[] bytes = new byte[src.remaining()];
            src.duplicate().get(bytes);
            put(bytes);
            src.position(src.limit());
            return bytes.length;
        }

        private void put(byte[] all) throws IOException {
            synchronized (PowerLossFiles.this) {
                usable();
                boolean goes = step();
                byte[] bytes = goes ? resized(all, random.nextInt(all.length + 1)) : all;
                int at = (int) position;
                if (file.shown.length < at + bytes.length) {
                    file.shown = resized(file.shown, at + bytes.length);
                }
                System.arraycopy(bytes, 0, file.shown, at, bytes.length);
                file.unsynced.add(new Change.Write(at, bytes));
                position += bytes.length;
                powered();
            }
        }

        @Override
        public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
            int size = 0;
            for (int i = offset; i < offset + length; i++) {
                size += srcs[i].remaining();
            }
            ByteBuffer joined = ByteBuffer.allocate(size);
            for (int i = offset; i < offset + length; i++) {
                joined.put(srcs[i]);
            }
            put(joined.array());
            return size;
        }

        @Override
        public int write(ByteBuffer src, long at) {
            throw new UnsupportedOperationException("the log appends at the channel's position");
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public FileChannel position(long newPosition) {
            position = newPosition;
            return this;
        }

        @Override
        public long size() throws IOException {
            synchronized (PowerLossFiles.this) {
                usable();
                return file.shown.length;
            }
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            synchronized (PowerLossFiles.this) {
                usable();
                boolean goes = step();
                if (size < file.shown.length && (!goes || random.nextBoolean())) {
                    file.shown = resized(file.shown, (int) size);
                    file.unsynced.add(new Change.Truncate((int) size));
                }
                powered();
                return this;
            }
        }

        @Override
        public void force(boolean metaData) throws IOException {
            synchronized (PowerLossFiles.this) {
                usable();
                boolean goes = step();
                if (!goes || random.nextBoolean()) {
                    file.durable = file.shown.clone();
                    file.unsynced.clear();
                }
                powered();
            }
        }

        @Override
        public long transferTo(long from, long count, WritableByteChannel target) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate((int) count);
            read(bytes, from);
            return target.write(bytes.flip());
        }

        @Override
        public long transferFrom(ReadableByteChannel src, long at, long count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long from, long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock lock(long from, long size, boolean shared) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock tryLock(long from, long size, boolean shared) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected void implCloseChannel() {}
    }
}
