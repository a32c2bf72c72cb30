package io.barnabas.cli.rules;

/** Where a group's position on a partition is to be set. */
public sealed interface OffsetReset {

    /** The first record kept. */
    record ToEarliest() implements OffsetReset {}

    /** The end. */
    record ToLatest() implements OffsetReset {}

    /** An offset. */
    record ToOffset(long offset) implements OffsetReset {}

    /** So many records forward, or back if negative. */
    record ShiftBy(long records) implements OffsetReset {}

    /** The first record at or after a time. */
    record ToTime(long epochMs) implements OffsetReset {}

    /**
     * What is known of a partition.
     *
     * @param committed the position now, or -1
     * @param earliest the first offset kept
     * @param latest the end offset
     * @param atTime the first offset at or after the time of a {@link ToTime}, or -1 when there is none
     */
    record Bounds(long committed, long earliest, long latest, long atTime) {}

    /**
     * The new position, never outside of the partition. A shift on a partition without a position counts from its
     * beginning; a time after the last record is the end.
     */
    default long target(Bounds bounds) {
        long wanted = switch (this) {
            case ToEarliest earliest -> bounds.earliest();
            case ToLatest latest -> bounds.latest();
            case ToOffset to -> to.offset();
            case ShiftBy shift -> shifted(bounds, shift.records());
            case ToTime time -> bounds.atTime() < 0 ? bounds.latest() : bounds.atTime();
        };
        return Math.clamp(wanted, bounds.earliest(), bounds.latest());
    }

    private static long shifted(Bounds bounds, long records) {
        long from = bounds.committed() < 0 ? bounds.earliest() : bounds.committed();
        // Saturates rather than wraps around.
        return records > 0 && from > Long.MAX_VALUE - records ? Long.MAX_VALUE : from + records;
    }
}
