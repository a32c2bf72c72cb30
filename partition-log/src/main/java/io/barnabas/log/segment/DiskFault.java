package io.barnabas.log.segment;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A failure of the disk that names the file, which those of a channel do not, and says what a full disk is. */
public final class DiskFault extends IOException {

    private static final long serialVersionUID = 1L;

    private final boolean loss;

    private DiskFault(String message, IOException cause, boolean loss) {
        super(message, cause);
        this.loss = loss;
    }

    /**
     * Whether bytes that were written may be gone although the system goes on to show them, as after a sync that
     * failed.
     */
    public boolean isLoss() {
        return loss;
    }

    /** What to say of a failure: those of files often have a path for a message and nothing else. */
    public static String reasonOf(Throwable e) {
        return switch (e) {
            case NoSuchFileException missing -> missing.getFile() + " is missing";
            case AccessDeniedException denied -> denied.getFile() + " may not be read or written by this user";
            case FileSystemException file
            when file.getReason() == null ->
                file.getFile() + ": " + file.getClass().getSimpleName();
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    /** {@code e}, told of {@code file}. */
    static IOException of(Path file, IOException e) {
        return of(file, e, false);
    }

    /** {@code e}, met when {@code file} was synced. */
    static IOException ofSync(Path file, IOException e) {
        return of(file, e, true);
    }

    private static IOException of(Path file, IOException e, boolean loss) {
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
        return new DiskFault(file + ": " + reason, e, loss);
    }
}
