package io.barnabas.log.compact;

/**
 * What cleaning a log did.
 *
 * @param cleanedTo offset below which each key has one record left, tombstones aside
 * @param passes how often the key map was filled
 * @param bytesRead bytes of segments that were rewritten or found to need it not
 * @param bytesWritten bytes of the segments that took their place
 * @param recordsRead records of the former
 * @param recordsKept records that stayed
 * @param segmentsBefore how many segments were looked at in the last pass
 * @param segmentsAfter how many they became
 */
public record CleanReport(
        long cleanedTo,
        int passes,
        long bytesRead,
        long bytesWritten,
        long recordsRead,
        long recordsKept,
        int segmentsBefore,
        int segmentsAfter) {}
