package io.barnabas.log.inspect;

import java.nio.file.Path;

/**
 * Something that is not as it should be.
 *
 * @param severity how much it matters
 * @param file where it is
 * @param position byte in the file, -1 when it is no matter of one place
 * @param offset offset of the batch, or the offset that should stand there; -1 when none is known
 * @param fault what is wrong
 */
public record Finding(Severity severity, Path file, long position, long offset, String fault) {

    static Finding note(Path file, String fault) {
        return new Finding(Severity.NOTE, file, -1, -1, fault);
    }

    static Finding damage(Path file, String fault) {
        return new Finding(Severity.DAMAGE, file, -1, -1, fault);
    }
}
