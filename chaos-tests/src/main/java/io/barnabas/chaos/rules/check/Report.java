package io.barnabas.chaos.rules.check;

import java.util.List;
import java.util.Locale;

/**
 * The outcome of a run.
 *
 * @param operations how many clients began
 * @param failed of these, how many failed for certain
 * @param unknown of these, how many may have happened or not
 * @param judgements one per promise
 * @param unavailability what was measured beside
 */
public record Report(
        long operations, long failed, long unknown, List<Judgement> judgements, Unavailability unavailability) {

    public Report {
        judgements = List.copyOf(judgements);
    }

    /** Every promise was kept, and no checker left anything open. */
    public boolean passed() {
        return judgements.stream().allMatch(Judgement::passed);
    }

    /** How often any promise was broken. */
    public long broken() {
        return judgements.stream().mapToLong(Judgement::broken).sum();
    }

    /** One line for the end of a run. */
    public String verdict() {
        long undecided = judgements.stream()
                .mapToLong(judgement -> judgement.undecided().size())
                .sum();
        Unavailability.Distribution windows = unavailability.distribution();
        return String.format(
                Locale.ROOT,
                "%s: %d operations (%d failed, %d unknown), %d violations, %d undecided, unavailable %d times, "
                        + "median %.1f ms, worst %.1f ms",
                passed() ? "passed" : broken() > 0 ? "FAILED" : "UNDECIDED",
                operations,
                failed,
                unknown,
                broken(),
                undecided,
                windows.count(),
                windows.p50Ns() / 1e6,
                windows.maxNs() / 1e6);
    }
}
