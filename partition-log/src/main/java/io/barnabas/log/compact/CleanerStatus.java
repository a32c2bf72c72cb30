package io.barnabas.log.compact;

/**
 * What the cleaner of a node has done since it was started.
 *
 * @param cleanings logs cleaned, each time counted
 * @param failures cleanings that did not end well
 * @param bytesRead bytes of the segments looked at
 * @param bytesWritten bytes of those that took their place
 * @param recordsRemoved records that went
 * @param lastRunMs when a cleaning last ended, in milliseconds since 1970; -1 when none has
 * @param lastDurationMs how long it took
 */
public record CleanerStatus(
        long cleanings,
        long failures,
        long bytesRead,
        long bytesWritten,
        long recordsRemoved,
        long lastRunMs,
        long lastDurationMs) {

    static final CleanerStatus NONE = new CleanerStatus(0, 0, 0, 0, 0, -1, 0);

    CleanerStatus plus(CleanReport report, long endMs, long durationMs) {
        return new CleanerStatus(
                cleanings + 1,
                failures,
                bytesRead + report.bytesRead(),
                bytesWritten + report.bytesWritten(),
                recordsRemoved + report.recordsRead() - report.recordsKept(),
                endMs,
                durationMs);
    }

    CleanerStatus plusFailure() {
        return new CleanerStatus(
                cleanings, failures + 1, bytesRead, bytesWritten, recordsRemoved, lastRunMs, lastDurationMs);
    }
}
