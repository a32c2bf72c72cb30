package io.barnabas.log;

import io.barnabas.log.index.IndexSink;
import io.barnabas.log.proto.FinishedCopy;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.BatchRules;
import io.barnabas.log.segment.Pending;
import io.barnabas.log.segment.SegmentFiles;
import io.barnabas.log.segment.SegmentLog;
import io.barnabas.log.segment.SegmentLogConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;

/**
 * Brings a replica that is too far behind for Raft to its leader's state.
 *
 * <p>{@link #copy} writes what is missing into segment files of a directory of its own, while the replica's log stays
 * as it is; a copy that was broken off goes on where it ended. {@link #adopt} then puts the copy behind what the replica
 * had committed. It may be repeated after a crash at any step:
 *
 * <pre>
 *   catch-up/*.log      batches of the leader, from the base offset on
 *   catch-up/finished   the leader's state; from here on the copy is whole. Says also when files begin to move
 * </pre>
 */
final class CatchUp {

    private static final String DIRECTORY = "catch-up";
    private static final String FINISHED = "finished";
    private static final String SUFFIX = ".log";
    private static final int READ_BYTES = 4 << 20;
    private static final long FLUSH_EVERY_BYTES = 64L << 20;
    private static final int MAX_FINISHED_BYTES = 1 << 30;

    private final SegmentFiles files;
    private final Path root;
    private final Path directory;
    private final Path log;
    private final SegmentLogConfig config;
    private final LongSupplier clockMs;

    /** @param root the replica's directory */
    CatchUp(SegmentFiles files, Path root, SegmentLogConfig config, LongSupplier clockMs) {
        this.files = files;
        this.root = root;
        this.directory = root.resolve(DIRECTORY);
        this.log = root.resolve("log");
        this.config = config;
        this.clockMs = clockMs;
    }

    /** Where a replica's Raft log ends. */
    @FunctionalInterface
    interface RaftLogEnd {

        /** Index of its last entry. */
        long lastIndex() throws IOException;
    }

    /** Sees each step of a copy, and may hold it up. */
    @FunctionalInterface
    interface Observer {

        /** @param bytes what the last step moved */
        void moved(CatchUpProgress progress, long bytes);
    }

    /**
     * Copies the leader's committed batches from the replica's high watermark on. Durable on return.
     *
     * @param leader where they come from
     * @param state the leader's
     */
    void copy(CatchUpSource.Session leader, AppliedState state, long highWatermark, Observer observer)
            throws IOException {
        long target = state.snapshot().highWatermark();
        try (SegmentLog copy = open(Math.max(highWatermark, state.snapshot().logStartOffset()), target)) {
            long from = copy.logStartOffset();
            long bytes = 0;
            long unflushed = 0;
            while (copy.logEndOffset() < target) {
                List<Pending> batches =
                        whole(leader.read(copy.logEndOffset(), READ_BYTES), copy.logEndOffset(), target);
                if (batches.isEmpty()) {
                    // The last batches are compacted away.
                    int epoch = state.snapshot().epochs().latest().orElse(0);
                    copy.skipTo(target, epoch, clockMs.getAsLong());
                    break;
                }
                copy.append(batches, clockMs.getAsLong());
                long moved = batches.stream()
                        .mapToLong(batch -> batch.header().sizeInBytes())
                        .sum();
                bytes += moved;
                unflushed += moved;
                if (unflushed >= FLUSH_EVERY_BYTES) {
                    copy.flush();
                    unflushed = 0;
                }
                observer.moved(new CatchUpProgress(from, copy.logEndOffset(), target, bytes), moved);
            }
            copy.flush();
            write(FinishedCopy.newBuilder()
                    .setState(state.toProto())
                    .setBaseOffset(from)
                    .build());
        }
    }

    /** A copy that was broken off goes on when it still fits behind the replica's log; otherwise it begins anew. */
    private SegmentLog open(long base, long target) throws IOException {
        files.createDirectory(directory);
        files.delete(directory.resolve(FINISHED));
        SegmentLog copy = SegmentLog.open(files, directory, config, IndexSink.NONE, 0);
        if (copy.logStartOffset() != base || copy.logEndOffset() > target) {
            copy.restartAt(base);
        }
        return copy;
    }

    /** The batches from {@code offset} on that are there to their last byte and end at or below {@code target}. */
    private static List<Pending> whole(ByteBuffer bytes, long offset, long target) throws IOException {
        List<Pending> batches = new ArrayList<>();
        long expected = offset;
        int at = bytes.position();
        while (bytes.limit() - at >= BatchHeader.SIZE) {
            BatchHeader header = BatchHeader.parse(bytes, at);
            int size = header.sizeInBytes();
            if (size < BatchHeader.SIZE || size > bytes.limit() - at || header.nextOffset() > target) {
                break;
            }
            if (header.magic() != BatchHeader.MAGIC || BatchRules.crcOf(bytes, at, size) != header.crc()) {
                throw new IOException("the leader sent a damaged batch at offset " + header.baseOffset());
            }
            // A read begins with the batch that holds its offset, which may be one that is there already.
            if (header.baseOffset() >= expected) {
                batches.add(Pending.of(header, bytes.slice(at, size)));
                expected = header.nextOffset();
            }
            at += size;
        }
        return batches;
    }

    /**
     * What a finished copy brings, unless the Raft log has come as far by itself: then the copy is out of date.
     *
     * @param raftLog tells the last index in the replica's Raft log, and is asked only when there is a copy
     */
    Optional<AppliedState> finished(RaftLogEnd raftLog) throws IOException {
        if (!files.list(root).contains(directory)) {
            return Optional.empty();
        }
        Optional<FinishedCopy> finished = read();
        if (finished.isPresent()
                && !finished.get().getMoving()
                && finished.get().getState().getIndex() <= raftLog.lastIndex()) {
            discard();
            return Optional.empty();
        }
        return finished.map(copy -> AppliedState.of(copy.getState()));
    }

    /**
     * Lets the finished copy take its place in the log, which nobody has open. Call {@link #discard} once its state is
     * written down.
     *
     * @param index of the partition
     */
    void adopt(IndexSink index) throws IOException {
        FinishedCopy finished = read().orElseThrow(() -> new IOException(directory + " holds no finished copy"));
        if (!finished.getMoving()) {
            cutLog(finished.getBaseOffset(), index);
            write(finished.toBuilder().setMoving(true).build());
        }
        for (Path file : files.list(directory)) {
            if (file.toString().endsWith(SUFFIX)) {
                files.rename(file, log.resolve(file.getFileName()));
            }
        }
        files.syncDirectory(log);
        files.syncDirectory(directory);
        StartOffsetFile.read(files, log)
                .raiseTo(AppliedState.of(finished.getState()).snapshot().logStartOffset());
    }

    /** Ends the replica's log where the copy begins. */
    private void cutLog(long base, IndexSink index) throws IOException {
        try (SegmentLog old = SegmentLog.open(files, log, config, index, base)) {
            if (old.logEndOffset() < base) {
                StartOffsetFile.read(files, log).raiseTo(base);
                old.restartAt(base);
            } else {
                old.truncateTo(base);
            }
            old.flush();
        }
    }

    /** Forgets the copy. */
    void discard() throws IOException {
        for (Path file : files.list(directory)) {
            files.delete(file);
        }
        files.delete(directory);
        files.syncDirectory(root);
    }

    private void write(FinishedCopy finished) throws IOException {
        byte[] encoded = finished.toByteArray();
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + encoded.length)
                .putInt(crcOf(encoded))
                .put(encoded)
                .flip();
        Path draft = directory.resolve(FINISHED + ".tmp");
        files.delete(draft);
        try (FileChannel channel = files.open(draft)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        files.rename(draft, directory.resolve(FINISHED));
        files.syncDirectory(directory);
    }

    private Optional<FinishedCopy> read() throws IOException {
        Path file = directory.resolve(FINISHED);
        if (!files.list(directory).contains(file)) {
            return Optional.empty();
        }
        ByteBuffer bytes;
        try (FileChannel channel = files.open(file)) {
            bytes = ByteBuffer.allocate((int) Math.min(channel.size(), MAX_FINISHED_BYTES));
            int read = 0;
            while (read >= 0 && bytes.hasRemaining()) {
                read = channel.read(bytes);
            }
        }
        bytes.flip();
        if (bytes.remaining() < Integer.BYTES) {
            throw new IOException(file + " is damaged");
        }
        int crc = bytes.getInt();
        byte[] encoded = new byte[bytes.remaining()];
        bytes.get(encoded);
        if (crc != crcOf(encoded)) {
            throw new IOException(file + " is damaged");
        }
        return Optional.of(FinishedCopy.parseFrom(encoded));
    }

    private static int crcOf(byte[] encoded) {
        CRC32C crc = new CRC32C();
        crc.update(encoded);
        return (int) crc.getValue();
    }
}
