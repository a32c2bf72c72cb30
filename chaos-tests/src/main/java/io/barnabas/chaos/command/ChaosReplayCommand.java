package io.barnabas.chaos.command;

import io.barnabas.chaos.report.ReportPage;
import io.barnabas.chaos.rules.check.Report;
import io.barnabas.chaos.run.ChaosRun;
import io.barnabas.chaos.run.Journal;
import io.barnabas.cli.ChaosSubcommand;
import io.barnabas.cli.CommandFailedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Examines a journal again. */
@Command(
        name = "replay",
        description = "Check the journal of a run again. Exit code 1 when a promise was broken.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas chaos replay --journal chaos-runs/storm-42/journal.jsonl"})
public final class ChaosReplayCommand implements ChaosSubcommand {

    @Spec
    private CommandSpec spec;

    @Option(names = "--journal", paramLabel = "FILE", required = true, description = "What a run has written.")
    private Path journal;

    @Option(names = "--html", paramLabel = "FILE", description = "Writes a page about the run, too.")
    private Path page;

    @Override
    public Integer call() throws IOException {
        if (!Files.isReadable(journal)) {
            throw new CommandFailedException("there is no journal " + journal);
        }
        Report report;
        try {
            report = ChaosRun.examine(Journal.of(journal));
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(journal + " is no journal of a run: " + e.getMessage(), e);
        }
        PrintWriter out = spec.commandLine().getOut();
        VerdictText.print(out, report);
        if (page != null) {
            ReportPage.write(
                    Journal.of(journal), report, "barnabas chaos replay --journal " + journal, page.toAbsolutePath());
        }
        out.println(VerdictText.line(report));
        return report.passed() ? 0 : 1;
    }
}
