package io.barnabas.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;

/** A replica's Raft snapshots on disk, one small file each, where Ratis looks for them. */
final class SnapshotFiles {

    /** How many snapshots are kept. */
    static final int RETAINED = 2;

    private final KnownSnapshots storage = new KnownSnapshots();

    /**
     * Remembers also that there is none: Ratis asks for the latest snapshot with each append and each heartbeat, and
     * its own class looks through the directory every time until there is one.
     */
    private static final class KnownSnapshots extends SimpleStateMachineStorage {

        private volatile SingleFileSnapshotInfo latest;

        @Override
        public SingleFileSnapshotInfo loadLatestSnapshot() {
            SingleFileSnapshotInfo found = super.loadLatestSnapshot();
            latest = found;
            return found;
        }

        @Override
        public SingleFileSnapshotInfo updateLatestSnapshot(SingleFileSnapshotInfo info) {
            SingleFileSnapshotInfo newest = super.updateLatestSnapshot(info);
            latest = newest;
            return newest;
        }

        @Override
        public SingleFileSnapshotInfo getLatestSnapshot() {
            return latest;
        }
    }

    void open(RaftStorage raftStorage) throws IOException {
        storage.init(raftStorage);
        storage.loadLatestSnapshot();
    }

    /** What Ratis asks. */
    StateMachineStorage storage() {
        return storage;
    }

    /** The newest snapshot; empty when none was taken. */
    Optional<AppliedState> latest() throws IOException {
        SingleFileSnapshotInfo info = storage.getLatestSnapshot();
        if (info == null) {
            return Optional.empty();
        }
        Path file = info.getFile().getPath();
        MD5Hash written = info.getFile().getFileDigest();
        // A crash may have come between the file and its digest; the file was whole by then.
        if (written != null && !written.equals(MD5FileUtil.computeMd5ForFile(file.toFile()))) {
            throw new IOException("snapshot " + file + " is damaged: its MD5 is not the one written down beside it");
        }
        return Optional.of(new AppliedState(info.getTermIndex(), ReplicaSnapshot.read(file)));
    }

    /** The index of the newest one, -1 when there is none. */
    long latestIndex() {
        SingleFileSnapshotInfo info = storage.getLatestSnapshot();
        return info == null ? -1 : info.getIndex();
    }

    /** Deletes all but the two newest, as Ratis does when it asks for a snapshot itself. */
    void deleteOld() throws IOException {
        storage.cleanupOldSnapshots(new SnapshotRetentionPolicy() {
            @Override
            public int getNumSnapshotsRetained() {
                return RETAINED;
            }
        });
    }

    /** Writes a snapshot, durable on return. */
    void write(AppliedState state) throws IOException {
        Path file = storage.getSnapshotFile(state.at().getTerm(), state.at().getIndex())
                .toPath();
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(state.snapshot().toProto().toByteArray());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        MD5Hash digest = MD5FileUtil.computeAndSaveMd5ForFile(file.toFile());
        try (FileChannel directory = FileChannel.open(file.getParent())) {
            directory.force(true);
        }
        storage.updateLatestSnapshot(new SingleFileSnapshotInfo(new FileInfo(file, digest), state.at()));
    }
}
