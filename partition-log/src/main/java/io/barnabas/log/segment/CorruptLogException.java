package io.barnabas.log.segment;

import java.io.IOException;
import java.nio.file.Path;

/** A segment file does not hold what it must. The message names the file, the place and the fault. */
public final class CorruptLogException extends IOException {

    private static final long serialVersionUID = 1L;

    public CorruptLogException(Path file, long position, String fault) {
        super("segment " + file + " is damaged at byte " + position + ": " + fault);
    }
}
