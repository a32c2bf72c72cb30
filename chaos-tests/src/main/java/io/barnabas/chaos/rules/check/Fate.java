package io.barnabas.chaos.rules.check;

/** What became of an acknowledged record, by the final readings of its partition. */
enum Fate {
    /** Every final reader saw it where it was acknowledged. */
    KEPT,
    /** Trimmed or compacted away on a topic where that is allowed. */
    GONE_BY_RULE,
    /** A final reader went past its offset and did not see it, or found the log to be shorter. */
    LOST,
    /** No final reader came to its offset. */
    UNREAD;

    /** The worst that any final reader says of the record. */
    static Fate of(PartitionRecords partition, long offset, int send) {
        Fate fate = KEPT;
        boolean read = false;
        for (FinalReading reading : partition.finalReadings()) {
            read = true;
            Fate here = of(partition, offset, send, reading);
            if (here == LOST) {
                return LOST;
            }
            fate = here == KEPT ? fate : here;
        }
        return read ? fate : UNREAD;
    }

    /** What one final reader says. */
    static Fate of(PartitionRecords partition, long offset, int send, FinalReading reading) {
        if (reading.has(offset)) {
            return KEPT;
        }
        if (offset < reading.start()) {
            return partition.isTrimmed() ? GONE_BY_RULE : LOST;
        }
        if (partition.isCompacted() && partition.isSuperseded(offset, send)) {
            return GONE_BY_RULE;
        }
        if (offset >= reading.next() && reading.next() < reading.highWatermark()) {
            return UNREAD;
        }
        return offset < reading.first() ? UNREAD : LOST;
    }

    /** Why so many records cannot be judged, in words. */
    static String whyUnread(PartitionRecords partition, long records) {
        String what = partition.partition() + ": cannot tell of " + records + " acknowledged records, ";
        for (FinalReading reading : partition.finalReadings()) {
            if (!reading.gap().isEmpty()) {
                return what + reading.gap();
            }
        }
        return what + "nobody read the partition when all was over";
    }

    /** Why the record counts as lost, in words. */
    static String why(PartitionRecords partition, long offset, int send) {
        for (FinalReading reading : partition.finalReadings()) {
            if (of(partition, offset, send, reading) == LOST) {
                if (offset < reading.start()) {
                    return "the log begins at " + reading.start() + " though the topic is not trimmed, says " + reading;
                }
                if (offset >= reading.next()) {
                    return "the log ends before it, says " + reading;
                }
                return "it is missing in " + reading;
            }
        }
        return "";
    }
}
