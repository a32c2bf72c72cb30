package io.barnabas.chaos.report;

import io.barnabas.chaos.rules.check.Judgement;
import io.barnabas.chaos.rules.check.Report;
import io.barnabas.chaos.rules.check.Unavailability;
import io.barnabas.chaos.rules.check.Violation;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.History;
import io.barnabas.chaos.rules.history.Replay;
import io.barnabas.chaos.rules.timeline.Overview;
import io.barnabas.chaos.rules.timeline.Pace;
import io.barnabas.chaos.rules.timeline.Turns;
import io.barnabas.chaos.run.load.Workloads;
import io.barnabas.cli.report.Html;
import io.barnabas.cli.report.Numbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One page about one run, which needs nothing beside itself: the verdict first, then the proof, then how it went. */
public final class ReportPage {

    private static final double NS_PER_MS = 1e6;

    private final Report report;
    private final Overview overview;
    private final Pace pace;
    private final Turns turns = new Turns(Workloads.names());

    private ReportPage(History history, Report report) {
        this.report = report;
        this.overview = Overview.of(history);
        this.pace = new Pace(overview.beginNs(), Timeline.stretchNs(overview));
        Replay.of(history, List.of(pace, turns));
    }

    /** Writes the page of a run that is repeated by the command which its history suggests. */
    public static void write(History history, Report report, Path file) throws IOException {
        Files.writeString(file, of(history, report, command(Overview.of(history))));
    }

    /** The same with the command that repeats the run, as it was given. */
    public static void write(History history, Report report, String command, Path file) throws IOException {
        Files.writeString(file, of(history, report, command));
    }

    /**
     * The page. Goes through the history three times.
     *
     * @param history of the run, from memory or from a journal
     * @param report what the checkers said of it
     * @param command repeats the run
     */
    public static String of(History history, Report report, String command) {
        return new ReportPage(history, report).page(command);
    }

    /** The command that repeats a run of which only the history is left. */
    static String command(Overview overview) {
        return overview.started()
                .map(run -> "./barnabas chaos run --scenario " + quoted(run.scenario()) + " --duration "
                        + Math.max(1, Math.round(overview.lengthSeconds())) + "s --seed " + run.seed())
                .orElse("");
    }

    private static String quoted(String word) {
        return word.matches("[\\w./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private String page(String command) {
        String name = overview.started().map(Event.RunStarted::scenario).orElse("without a name");
        String body = verdict()
                + violations()
                + promises()
                + new Timeline(overview, pace, report.unavailability()).svg()
                + unavailability()
                + turns()
                + faults()
                + repeat(command);
        return Html.page("Chaos run: " + name, body);
    }

    private String verdict() {
        String verdict = report.passed()
                ? "<p class=\"verdict good\"><strong>Passed</strong>: every promise was kept.</p>\n"
                : report.broken() > 0
                        ? "<p class=\"verdict bad\"><strong>Failed</strong>: promises were broken "
                                + Numbers.text(report.broken()).replace(".00", "") + " times.</p>\n"
                        : "<p class=\"verdict open\"><strong>Undecided</strong>: nothing broken was found, but not all could"
                                + " be checked.</p>\n";
        List<List<String>> facts = new ArrayList<>();
        overview.started().ifPresent(run -> {
            facts.add(List.of("scenario", run.scenario()));
            facts.add(List.of("seed", Long.toString(run.seed())));
            facts.add(List.of("nodes", Integer.toString(run.nodes())));
            facts.add(List.of(
                    "began",
                    Instant.ofEpochMilli(run.wallClockMs())
                            .truncatedTo(ChronoUnit.SECONDS)
                            .toString()));
        });
        facts.add(List.of("took", seconds(overview.lengthSeconds())));
        facts.add(List.of("faults", Integer.toString(overview.faults().size())));
        facts.add(List.of(
                "operations",
                String.format(
                        Locale.ROOT,
                        "%,d (%,d failed, %,d unknown)",
                        report.operations(),
                        report.failed(),
                        report.unknown())));
        facts.add(List.of("acknowledged writes", String.format(Locale.ROOT, "%,d", pace.acknowledged())));
        return verdict + Html.table(List.of("run", ""), 2, facts);
    }

    private String violations() {
        StringBuilder html = new StringBuilder();
        for (Judgement judgement : report.judgements()) {
            if (judgement.broken() > 0) {
                html.append("<h3 class=\"bad\">Broken: ")
                        .append(Html.escape(judgement.promise()))
                        .append("</h3>\n");
                judgement.violations().forEach(violation -> violation(html, violation));
                long more = judgement.broken() - judgement.violations().size();
                if (more > 0) {
                    html.append("<p>And ").append(more).append(" more of this promise.</p>\n");
                }
            }
            for (String undecided : judgement.undecided()) {
                html.append("<p class=\"open\">Undecided, ")
                        .append(Html.escape(judgement.promise() + ": " + undecided))
                        .append("</p>\n");
            }
        }
        return html.isEmpty() ? "" : "<h2>What is wrong</h2>\n" + html;
    }

    private void violation(StringBuilder html, Violation violation) {
        html.append("<p>").append(Html.escape(violation.what())).append("</p>\n<pre>");
        for (Event event : violation.proof()) {
            html.append(Html.escape(EventText.of(event, overview.seconds(event.timeNs()))))
                    .append('\n');
        }
        html.append("</pre>\n");
    }

    private String promises() {
        List<List<String>> rows = report.judgements().stream()
                .map(judgement -> List.of(
                        judgement.promise(),
                        judgement.broken() > 0
                                ? "broken"
                                : judgement.checked() == 0
                                        ? "not tried"
                                        : judgement.undecided().isEmpty() ? "kept" : "undecided",
                        String.format(Locale.ROOT, "%,d", judgement.checked()),
                        String.format(Locale.ROOT, "%,d", judgement.broken())))
                .toList();
        return "<h2>Promises</h2>\n" + Html.table(List.of("promise", "", "checked", "broken"), 2, rows);
    }

    private String unavailability() {
        Unavailability measured = report.unavailability();
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("all partitions", measured.distribution()));
        for (Map.Entry<String, Unavailability.Distribution> one :
                measured.byPartition().entrySet()) {
            rows.add(row(one.getKey(), one.getValue()));
        }
        return "<h2>Unavailability</h2>\n<p>Times in which a partition was waited for and acknowledged nothing.</p>\n"
                + Html.table(
                        List.of("partition", "windows", "median ms", "p99 ms", "worst ms", "in all s", "not ended"),
                        1,
                        rows);
    }

    private static List<String> row(String name, Unavailability.Distribution windows) {
        return List.of(
                name,
                Integer.toString(windows.count()),
                Numbers.text(windows.p50Ns() / NS_PER_MS),
                Numbers.text(windows.p99Ns() / NS_PER_MS),
                Numbers.text(windows.maxNs() / NS_PER_MS),
                Numbers.text(windows.totalNs() / 1e9),
                Integer.toString(windows.open()));
    }

    /** A row for each scenario, a column for each workload. */
    private String turns() {
        List<Turns.Turn> all = turns.turns(report.unavailability());
        if (all.isEmpty()) {
            return "";
        }
        List<String> header = new ArrayList<>(List.of("scenario", "faults", "all"));
        header.addAll(Workloads.names());
        List<List<String>> rows = new ArrayList<>();
        for (Turns.Turn turn : all) {
            List<String> row =
                    new ArrayList<>(List.of(turn.scenario(), Integer.toString(turn.faults()), cell(turn.all())));
            Workloads.names()
                    .forEach(workload -> row.add(
                            turn.shares().containsKey(workload)
                                    ? cell(turn.shares().get(workload))
                                    : ""));
            rows.add(row);
        }
        return "<h2>Scenarios and workloads</h2>\n<p>Operations that began during the scenario's turn; how often a"
                + " partition was unavailable, median and worst of these times in ms.</p>\n"
                + Html.table(header, 1, rows);
    }

    private static String cell(Turns.Share share) {
        Unavailability.Distribution times = share.unavailable();
        String operations = String.format(Locale.ROOT, "%,d", share.operations());
        return times.count() == 0
                ? operations
                : String.format(
                        Locale.ROOT,
                        "%s; %d: %.0f, %.0f",
                        operations,
                        times.count(),
                        times.p50Ns() / NS_PER_MS,
                        times.maxNs() / NS_PER_MS);
    }

    private String faults() {
        List<List<String>> rows = new ArrayList<>();
        for (Overview.Fault fault : overview.faults()) {
            rows.add(List.of(
                    fault.kind(),
                    String.join(", ", fault.targets()),
                    Numbers.text(overview.seconds(fault.fromNs())),
                    fault.isHealed() ? Numbers.text(overview.seconds(fault.toNs())) : "never healed",
                    Numbers.text((fault.toNs() - fault.fromNs()) / 1e9)));
        }
        return "<h2>Faults</h2>\n"
                + (rows.isEmpty()
                        ? "<p>None.</p>\n"
                        : Html.table(List.of("fault", "of", "from s", "to s", "lasted s"), 2, rows));
    }

    private static String repeat(String command) {
        return command.isEmpty()
                ? ""
                : "<h2>To repeat it</h2>\n<pre>" + Html.escape(command)
                        + "</pre>\n<p>The seed decides the faults and what the clients ask. Their timing is the machine's,"
                        + " so a race may need several runs.</p>\n";
    }

    private static String seconds(double seconds) {
        return Numbers.text(seconds) + " s";
    }
}
