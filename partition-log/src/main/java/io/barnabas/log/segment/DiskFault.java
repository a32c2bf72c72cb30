package io.barnabas.log.segment;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;

/** A failure of the disk that names the file, which those of a channel do not, and says what a full disk is. */
final class DiskFault extends IOException {

    private static final long serialVersionUID = 1L;

    private DiskFault(String message, IOException cause) {
        super(message, cause);
    }

    /** {@code e}, told of {@code file}. */
    static IOException of(Path file, IOException e) {
        if (e instanceof ClosedChannelException || e instanceof DiskFault || e instanceof CorruptLogException) {
            return e;
        }
        String reason = String.valueOf(e.getMessage());
        if (reason.contains("No space left") || reason.contains("not enough space")) {
            reason = "the disk is full (" + reason + ")";
        } else if (reason.contains("quota exceeded")) {
            reason = "the disk quota is used up (" + reason + ")";
        } else if (reason.contains("Read-only file system")) {
            reason = "the file system has become read-only (" + reason + ")";
        }
        return new DiskFault(file + ": " + reason, e);
    }
}
