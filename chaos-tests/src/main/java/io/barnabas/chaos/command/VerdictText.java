package io.barnabas.chaos.command;

import io.barnabas.chaos.rules.check.Judgement;
import io.barnabas.chaos.rules.check.Report;
import io.barnabas.chaos.rules.check.Unavailability;
import io.barnabas.chaos.rules.check.Violation;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.stream.Collectors;

/** Says what an examination found. */
final class VerdictText {

    private VerdictText() {}

    /** All of it but the last line: promises, violations with their proof, and unavailability by partition. */
    static void print(PrintWriter out, Report report) {
        out.println();
        for (Judgement judgement : report.judgements()) {
            out.printf(
                    Locale.ROOT,
                    "%-9s %s (%,d checked)%n",
                    judgement.broken() > 0
                            ? "BROKEN"
                            : !judgement.undecided().isEmpty()
                                    ? "undecided"
                                    : judgement.checked() == 0 ? "not tried" : "kept",
                    judgement.promise(),
                    judgement.checked());
            for (Violation violation : judgement.violations()) {
                out.println("    " + violation.what());
                violation.proof().forEach(event -> out.println("        " + event));
            }
            judgement.undecided().forEach(reason -> out.println("    " + reason));
        }
        if (!report.unavailability().windows().isEmpty()) {
            out.println();
            out.println("Unavailable, in windows of more than 250 ms without an acknowledgement:");
            report.unavailability()
                    .byPartition()
                    .forEach((partition, windows) -> out.println("  " + partition + ": " + windows(windows)));
        }
        out.println();
    }

    private static String windows(Unavailability.Distribution windows) {
        return String.format(
                Locale.ROOT,
                "%d times, median %.0f ms, 99th percentile %.0f ms, worst %.0f ms, %.1f s in all",
                windows.count(),
                windows.p50Ns() / 1e6,
                windows.p99Ns() / 1e6,
                windows.maxNs() / 1e6,
                windows.totalNs() / 1e9);
    }

    /** One line. */
    static String line(Report report) {
        String broken = report.judgements().stream()
                .filter(judgement -> judgement.broken() > 0)
                .map(judgement -> judgement.promise() + " (" + judgement.broken() + ")")
                .collect(Collectors.joining("; "));
        String verdict = !broken.isEmpty() ? "BROKEN: " + broken : report.passed() ? "all promises kept" : "UNDECIDED";
        Unavailability.Distribution windows = report.unavailability().distribution();
        return String.format(
                Locale.ROOT,
                "%s: %,d operations (%,d failed, %,d unknown), unavailable %d times, median %.0f ms, worst %.0f ms",
                verdict,
                report.operations(),
                report.failed(),
                report.unknown(),
                windows.count(),
                windows.p50Ns() / 1e6,
                windows.maxNs() / 1e6);
    }
}
