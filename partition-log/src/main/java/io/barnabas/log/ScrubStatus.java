package io.barnabas.log;

import java.util.Optional;

/**
 * How far the background check of a replica's data has come.
 *
 * @param scrubbedAtMs when all closed segments were last found well, in milliseconds since 1970; 0 when they never were
 * @param scrubbedBytes bytes read in the run that goes on, or in the last one
 * @param finding what was found damaged, empty when nothing was
 */
public record ScrubStatus(long scrubbedAtMs, long scrubbedBytes, Optional<String> finding) {

    /** Of a replica that was not looked at. */
    public static final ScrubStatus NEVER = new ScrubStatus(0, 0, Optional.empty());
}
