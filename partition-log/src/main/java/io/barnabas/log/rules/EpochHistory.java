package io.barnabas.log.rules;

import io.barnabas.log.PartitionReplica.EpochEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Which leader epoch began at which offset (KIP-101). Immutable: each change gives a new history, or this one when
 * nothing changes, so that a reader on another thread sees one or the other.
 */
public final class EpochHistory {

    /** No batch was ever written. */
    public static final EpochHistory EMPTY = new EpochHistory(List.of());

    private final List<Start> starts;

    /** The first offset of an epoch. */
    public record Start(int epoch, long startOffset) {}

    private EpochHistory(List<Start> starts) {
        this.starts = starts;
    }

    /**
     * A history of these starts.
     *
     * @throws IllegalArgumentException when epochs or offsets do not grow
     */
    public static EpochHistory of(List<Start> starts) {
        EpochHistory history = EMPTY;
        for (Start start : starts) {
            if (!history.starts.isEmpty()
                    && (start.epoch() <= history.starts.getLast().epoch()
                            || start.startOffset() <= history.starts.getLast().startOffset())) {
                throw new IllegalArgumentException("epochs and their offsets must grow: " + starts);
            }
            history = history.assign(start.epoch(), start.startOffset());
        }
        return history;
    }

    /**
     * The history after a batch of {@code epoch} at {@code startOffset}; the same object when that epoch goes on.
     *
     * @throws IllegalArgumentException when the epoch is negative or older than the newest one
     */
    public EpochHistory assign(int epoch, long startOffset) {
        if (!starts.isEmpty() && starts.getLast().epoch() == epoch) {
            return this;
        }
        if (epoch < 0 || (!starts.isEmpty() && epoch < starts.getLast().epoch())) {
            throw new IllegalArgumentException(
                    "epoch " + epoch + " at offset " + startOffset + " comes after " + starts);
        }
        // An epoch that began here and left no batch is as if it had never been.
        List<Start> next = new ArrayList<>(truncateTo(startOffset).starts);
        next.add(new Start(epoch, startOffset));
        return new EpochHistory(List.copyOf(next));
    }

    /** The history of a log that now ends at {@code endOffset}: epochs that begin there or later are gone. */
    public EpochHistory truncateTo(long endOffset) {
        if (starts.isEmpty() || starts.getLast().startOffset() < endOffset) {
            return this;
        }
        return new EpochHistory(
                starts.stream().filter(start -> start.startOffset() < endOffset).toList());
    }

    /** The history of a log that now begins at {@code logStart}: the epoch that holds it begins there. */
    public EpochHistory trimTo(long logStart) {
        if (starts.isEmpty() || starts.getFirst().startOffset() >= logStart) {
            return this;
        }
        List<Start> kept = new ArrayList<>();
        for (int i = 0; i < starts.size(); i++) {
            boolean endsBefore = i + 1 < starts.size() && starts.get(i + 1).startOffset() <= logStart;
            if (!endsBefore) {
                Start start = starts.get(i);
                kept.add(new Start(start.epoch(), Math.max(start.startOffset(), logStart)));
            }
        }
        return new EpochHistory(List.copyOf(kept));
    }

    /**
     * Where {@code epoch} ended, as OffsetForLeaderEpoch answers (KIP-101, KIP-279): the newest epoch is still open
     * and ends at {@code logEndOffset}; of an epoch that has no batch here the next lower one is given; one below all
     * known ends where the first known begins; one above all known is undefined.
     */
    public EpochEnd endOf(int epoch, long logEndOffset) {
        if (epoch < 0 || starts.isEmpty() || epoch > starts.getLast().epoch()) {
            return EpochEnd.UNDEFINED;
        }
        if (epoch == starts.getLast().epoch()) {
            return new EpochEnd(epoch, logEndOffset);
        }
        int floor = epoch;
        for (Start start : starts) {
            if (start.epoch() > epoch) {
                return new EpochEnd(floor, start.startOffset());
            }
            floor = start.epoch();
        }
        throw new IllegalStateException("epoch " + epoch + " is neither below nor above " + starts);
    }

    /** The epoch of the record at {@code offset}, empty when the offset is below the first epoch's. */
    public OptionalInt epochOf(long offset) {
        for (int i = starts.size() - 1; i >= 0; i--) {
            if (starts.get(i).startOffset() <= offset) {
                return OptionalInt.of(starts.get(i).epoch());
            }
        }
        return OptionalInt.empty();
    }

    /** The newest epoch, empty when no batch was written. */
    public OptionalInt latest() {
        return starts.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(starts.getLast().epoch());
    }

    /** All epochs, oldest first. */
    public List<Start> starts() {
        return starts;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EpochHistory that && starts.equals(that.starts);
    }

    @Override
    public int hashCode() {
        return starts.hashCode();
    }

    @Override
    public String toString() {
        return "EpochHistory" + starts;
    }
}
