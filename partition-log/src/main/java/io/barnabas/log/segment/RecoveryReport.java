package io.barnabas.log.segment;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What opening a log found.
 *
 * @param clean whether the log was closed in good order, so that all was as it was left and nothing was checked
 * @param batchesChecked batches whose CRC was computed
 * @param cut what was removed, empty when all was whole
 */
public record RecoveryReport(boolean clean, long batchesChecked, Optional<Cut> cut) {

    /**
     * The end of a log that was cut off.
     *
     * @param file the segment file that was shortened
     * @param position its new size
     * @param offset the log's new end offset
     * @param droppedBytes bytes removed from this and later files
     * @param reason what was wrong there
     */
    public record Cut(Path file, long position, long offset, long droppedBytes, String reason) {}
}
