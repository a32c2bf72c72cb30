package io.barnabas.log;

import io.barnabas.log.rules.ProducerEntry;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * One replica of one partition. No method blocks on the disk or the network but {@link #offsetFor}, which may read
 * segment files; all may be called from any thread.
 */
public interface PartitionReplica {

    /** The Raft group of the partition. */
    UUID groupId();

    /** The topic's name, for messages. */
    String topic();

    /** The partition's number. */
    int partition();

    /** Who leads, as this replica knows it. */
    Leadership leadership();

    /** Start, high watermark and end of the log on this replica, in offsets. */
    Offsets offsets();

    /** The leader epoch of the newest batch, committed or not; empty when the log is empty. */
    OptionalInt latestEpoch();

    /**
     * Appends one record batch (magic 2), on the leader. The bytes from position to limit must be one whole batch
     * and stay unchanged until the future completes.
     *
     * @return completes as {@code acks} asks; never exceptionally: what goes wrong is an {@link AppendOutcome.Refused}
     */
    CompletableFuture<AppendOutcome> append(ByteBuffer batch, Acks acks);

    /**
     * Whole batches from the one that holds {@code offset} on, below the high watermark, at most {@code maxBytes}
     * unless {@code atLeastOne}, in which case the first batch comes even when it is larger.
     */
    ReadOutcome read(long offset, int maxBytes, boolean atLeastOne);

    /**
     * Calls {@code wake} once, soon after the high watermark passes {@code offset}, the leadership changes or the
     * replica closes. At once when one of these already holds. Runs on a thread that must not be blocked.
     */
    Registration whenAbove(long offset, Runnable wake);

    /** To {@link #trimTo}: give up everything that is committed. */
    long HIGH_WATERMARK = -1;

    /**
     * Gives up what lies below an offset, on every replica (DeleteRecords, KIP-107). The leader only.
     *
     * @param offset the new log start offset, or {@link #HIGH_WATERMARK}
     * @return never completes exceptionally
     */
    CompletableFuture<TrimOutcome> trimTo(long offset);

    /** Answers a ListOffsets query; {@link TimestampOffset#NONE} when nothing matches. */
    CompletableFuture<TimestampOffset> offsetFor(OffsetQuery query);

    /**
     * Where {@code leaderEpoch} ended (KIP-101, KIP-320): the largest epoch at or below the one asked for, and the
     * first offset after it; {@link EpochEnd#UNDEFINED} when unknown.
     */
    EpochEnd endOf(int leaderEpoch);

    /**
     * What this replica has applied, for a follower that copies the log in bulk; the batches are read as by any
     * consumer. Empty unless it leads.
     */
    Optional<byte[]> appliedState();

    /** The idempotent producers known from the committed part of the log, in no order. */
    Collection<ProducerEntry> producers();

    /**
     * Whether it has all that its leader has said is committed, or leads, or is at rest. Once a replica of a restarted
     * node has, the others may be stopped without anybody waiting for this one.
     */
    boolean isCaughtUp();

    /** Size, progress and condition, for {@code partition describe} and metrics. */
    ReplicaStatus status();

    /** When an append is answered. */
    enum Acks {
        /** The leader has written it. */
        LEADER,
        /** A majority has made it durable, as {@code log.flush} defines durable. */
        MAJORITY
    }

    /**
     * Who leads.
     *
     * @param leader the leader's node id, or -1 when unknown
     * @param epoch the Raft term of which this speaks
     * @param local whether this replica is the leader and ready to serve
     */
    record Leadership(int leader, int epoch, boolean local) {}

    /** The log's bounds: {@code logStartOffset <= highWatermark <= logEndOffset}. */
    record Offsets(long logStartOffset, long highWatermark, long logEndOffset) {}

    /** Ends a registration when closed; closing twice or after the call does nothing. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /** What ListOffsets can ask for. */
    sealed interface OffsetQuery {
        /** The log start offset. */
        record Earliest() implements OffsetQuery {}

        /** The high watermark. */
        record Latest() implements OffsetQuery {}

        /** The record with the largest time stamp, the first of them when several share it (KIP-734). */
        record MaxTimestamp() implements OffsetQuery {}

        /** The first record whose time stamp is at or after the given one, in milliseconds. */
        record AtOrAfter(long timestampMs) implements OffsetQuery {}
    }

    /**
     * An offset with its record's time stamp.
     *
     * @param offset the offset, or -1
     * @param timestampMs the record's time stamp, or -1 when the query was not by time
     * @param leaderEpoch the epoch of the record's batch, or -1
     */
    record TimestampOffset(long offset, long timestampMs, int leaderEpoch) {
        /** Nothing matches. */
        public static final TimestampOffset NONE = new TimestampOffset(-1, -1, -1);
    }

    /** The end of an epoch: the epoch found and the first offset after it. */
    record EpochEnd(int leaderEpoch, long endOffset) {
        /** Unknown epoch. */
        public static final EpochEnd UNDEFINED = new EpochEnd(-1, -1);
    }
}
