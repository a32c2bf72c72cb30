package io.barnabas.log.rules;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which replica's data is read next in the background, and when: the one that was read the longest ago, once it is due. */
public final class ScrubSchedule {

    private final long intervalMs;

    /**
     * A replica.
     *
     * @param replica what to call it
     * @param scrubbedAtMs when it was last read, 0 for never
     */
    public record Candidate<T>(T replica, long scrubbedAtMs) {}

    /** @param intervalMs from one reading of a replica to the next */
    public ScrubSchedule(long intervalMs) {
        this.intervalMs = intervalMs;
    }

    /** The replica to read now; empty when none is due. */
    public <T> Optional<T> next(List<Candidate<T>> candidates, long nowMs) {
        return candidates.stream()
                .filter(candidate -> waitFor(candidate, nowMs) == 0)
                .min(Comparator.comparingLong(candidate -> past(candidate, nowMs)))
                .map(Candidate::replica);
    }

    /** How long none will be due, in milliseconds; the interval when there is no replica. */
    public <T> long waitMs(List<Candidate<T>> candidates, long nowMs) {
        return candidates.stream()
                .mapToLong(candidate -> waitFor(candidate, nowMs))
                .min()
                .orElse(intervalMs);
    }

    private long waitFor(Candidate<?> candidate, long nowMs) {
        return Math.max(0, intervalMs - (nowMs - past(candidate, nowMs)));
    }

    /** A clock that was set back must not put a replica off for years. */
    private static long past(Candidate<?> candidate, long nowMs) {
        return candidate.scrubbedAtMs() > nowMs ? 0 : candidate.scrubbedAtMs();
    }
}
