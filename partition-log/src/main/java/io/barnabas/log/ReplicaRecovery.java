package io.barnabas.log;

import io.barnabas.log.ReplicaLog.Uncommitted;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.rest.RestPoint;
import io.barnabas.log.segment.SegmentLog;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a replica's log from what a stop or a crash left: the newest snapshot, the Raft log above it and the segments.
 * A bulk copy that was finished takes its place first.
 */
final class ReplicaRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaRecovery.class);

    private final RatisPartitionReplica replica;
    private final PartitionEnvironment environment;
    private final SnapshotFiles snapshots;
    private final RaftStorage raftStorage;

    ReplicaRecovery(
            RatisPartitionReplica replica,
            PartitionEnvironment environment,
            SnapshotFiles snapshots,
            RaftStorage raftStorage) {
        this.replica = replica;
        this.environment = environment;
        this.snapshots = snapshots;
        this.raftStorage = raftStorage;
    }

    /** Before Ratis opens the Raft log. */
    ReplicaLog open() throws IOException {
        CatchUp catchUp = replica.files().catchUp(replica.config());
        Optional<AppliedState> copied = catchUp.finished(
                () -> RaftLogTail.read(raftStorage, snapshots.latestIndex()).lastIndex());
        if (copied.isPresent()) {
            adopt(catchUp, copied.get());
        }
        AppliedState state =
                snapshots.latest().orElse(new AppliedState(TermIndex.INITIAL_VALUE, ReplicaSnapshot.empty()));
        return open(state, true);
    }

    /** Lets the copy that was just finished take the place of a log that is closed. Ratis drops its own log after it. */
    ReplicaLog openCopy() throws IOException {
        CatchUp catchUp = replica.files().catchUp(replica.config());
        AppliedState state = catchUp.finished(() -> Long.MIN_VALUE)
                .orElseThrow(() -> new IOException("the copy of the leader's log is gone"));
        adopt(catchUp, state);
        return open(state, false);
    }

    /**
     * Opens the log of a replica that rests, of which Ratis does not hear.
     *
     * @throws IOException when the files are not as the replica left them when it went to rest
     */
    ReplicaLog openResting(RestPoint point) throws IOException {
        AppliedState state =
                snapshots.latest().orElseThrow(() -> new IOException("the snapshot of its rest is not there"));
        if (state.at().getIndex() != point.index() || state.at().getTerm() != point.term() || !standsAt(point)) {
            throw new IOException("its files have gone on since it rested at " + point);
        }
        return open(state, false);
    }

    /** Whether the files of a division that is not open end just there. */
    boolean standsAt(RestPoint point) throws IOException {
        Path meta = raftStorage.getStorageDir().getRoot().toPath().resolve("current/raft-meta");
        Properties raft = new Properties();
        try (Reader reader = Files.newBufferedReader(meta)) {
            raft.load(reader);
        }
        return Long.toString(point.term()).equals(raft.getProperty("term"))
                && RaftLogTail.read(raftStorage, point.index()).lastIndex() == point.index();
    }

    private void adopt(CatchUp catchUp, AppliedState state) throws IOException {
        catchUp.adopt(replica.files().index());
        if (snapshots.latestIndex() < state.at().getIndex()) {
            snapshots.write(state);
        }
        catchUp.discard();
        LOG.info(
                "{}: took over a copy of the leader's log, offsets {} to {}",
                replica,
                state.snapshot().logStartOffset(),
                state.snapshot().highWatermark());
    }

    private ReplicaLog open(AppliedState state, boolean withRaftLog) throws IOException {
        ReplicaSnapshot snapshot = state.snapshot();
        replica.files().checkRepairMark();
        SegmentLog segments = replica.files().openSegments(replica.config(), snapshot.highWatermark());
        try {
            StartOffsetFile startOffset = replica.files().openStartOffset();
            checkBounds(segments, startOffset, snapshot);
            List<Uncommitted> tail =
                    withRaftLog ? reconcile(state.at().getIndex(), snapshot.highWatermark(), segments) : List.of();
            long end = tail.isEmpty()
                    ? snapshot.highWatermark()
                    : tail.getLast().append().nextOffset();
            segments.truncateTo(Math.max(end, segments.logStartOffset()));
            // Ratis counts all that it finds in its log as flushed, and a killed process may have left it in the page
            // cache.
            segments.flush();
            forceRaftLog();
            return new ReplicaLog(state, segments, startOffset, tail, environment.flushMode(), environment.clockMs());
        } catch (IOException | RuntimeException e) {
            segments.close();
            throw e;
        }
    }

    /** Makes the Raft log durable as far as it is written. */
    void forceRaftLog() throws IOException {
        RaftLogTail.force(raftStorage);
    }

    private static void checkBounds(SegmentLog segments, StartOffsetFile startOffset, ReplicaSnapshot snapshot)
            throws IOException {
        if (segments.logEndOffset() < startOffset.offset()) {
            // A crash may have come between the last segment's deletion and the new beginning.
            segments.trimTo(startOffset.offset());
        }
        if (segments.logStartOffset() > startOffset.offset()) {
            throw new IOException("its segments begin at offset " + segments.logStartOffset()
                    + " but the log was trimmed to offset " + startOffset.offset() + " only");
        }
        if (segments.logEndOffset() < snapshot.highWatermark()) {
            throw new IOException("its segments end at offset " + segments.logEndOffset() + " but offsets below "
                    + snapshot.highWatermark() + " were committed here");
        }
    }

    /**
     * Holds the Raft log against the segments and cuts the Raft log where a batch is missing. Such an entry was never
     * acknowledged by this replica: Ratis flushes the batches before it counts an entry as flushed, but may spill the
     * entry itself earlier.
     */
    private List<Uncommitted> reconcile(long snapshotIndex, long fromOffset, SegmentLog segments) throws IOException {
        List<RaftLogTail.Entry> entries =
                RaftLogTail.read(raftStorage, snapshotIndex).entries();
        Deque<BatchHeader> stored = new ArrayDeque<>();
        segments.scan(fromOffset, segments.logEndOffset(), (header, position) -> stored.add(header));
        List<Uncommitted> tail = new ArrayList<>();
        for (RaftLogTail.Entry entry : entries) {
            BatchHeader next = stored.peekFirst();
            boolean trimmed = entry.append().nextOffset() <= segments.logStartOffset();
            if (!trimmed && (next == null || !isOf(entry, next))) {
                checkNeverFlushed(entry, next, segments);
                LOG.warn(
                        "{}: the batch of Raft entry {} (term {}, offset {}) is not on disk; cutting the Raft log there",
                        replica,
                        entry.index(),
                        entry.term(),
                        entry.append().baseOffset());
                RaftLogTail.cutFrom(raftStorage, entry);
                break;
            }
            if (!trimmed) {
                stored.removeFirst();
            }
            tail.add(new Uncommitted(entry.index(), entry.term(), entry.append()));
        }
        return tail;
    }

    /**
     * After a clean stop all batches below the log's end were on the disk. One that is not the entry's is lost then,
     * unless a later leader had replaced the entry in the segments and not yet in the Raft log.
     */
    private static void checkNeverFlushed(RaftLogTail.Entry entry, BatchHeader stored, SegmentLog segments)
            throws LostDataException {
        boolean replaced = stored != null && stored.partitionLeaderEpoch() > entry.term();
        if (segments.recovery().clean() && entry.append().baseOffset() < segments.logEndOffset() && !replaced) {
            throw new LostDataException("the batch of Raft entry " + entry.index() + " (term " + entry.term()
                    + ") at offset " + entry.append().baseOffset() + " is not in its segments, "
                    + (stored == null ? "which end before it" : stored + " is")
                    + ", although the log was closed in good order");
        }
    }

    /** A leader gives an offset once in a term; the bytes may be fewer when it compacted them since. */
    private static boolean isOf(RaftLogTail.Entry entry, BatchHeader stored) {
        return stored.partitionLeaderEpoch() == entry.term()
                && stored.baseOffset() == entry.append().baseOffset()
                && stored.nextOffset() == entry.append().nextOffset();
    }
}
