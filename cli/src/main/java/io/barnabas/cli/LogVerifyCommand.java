package io.barnabas.cli;

import io.barnabas.net.node.OfflineLogs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks a log's files. */
@Command(
        name = "verify",
        description = {
            "Check every CRC, offset, epoch, size, name, index entry and snapshot, and say what is wrong.",
            "Nothing is changed. While a node has the files open, its index entries are left out.",
            "Exit code 0 when the files are well, 1 when something is damaged, 2 when wrongly called."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  barnabas log verify /var/lib/barnabas",
            "  barnabas log verify /var/lib/barnabas/partitions/0c4e2b7a-55c4-4ad1-9a44-d3f600000000"
        })
final class LogVerifyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "DIR",
            description = "A directory of segments, a partition's directory, one of log.dirs, or one segment file.")
    private Path path;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            OfflineLogs.Verdict verdict = OfflineLogs.at(path).verify(fault -> out.println(line(fault)));
            out.println(summary(verdict));
            return verdict.damages() == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
        } catch (IOException e) {
            throw new CommandFailedException(Failures.line(e), e);
        }
    }

    private static String line(OfflineLogs.Fault fault) {
        StringBuilder line = new StringBuilder(fault.severity()).append(": ").append(fault.file());
        if (fault.position() >= 0) {
            line.append(" byte ").append(fault.position());
        }
        if (fault.offset() >= 0) {
            line.append(" offset ").append(fault.offset());
        }
        return line.append(": ").append(fault.fault()).toString();
    }

    private static String summary(OfflineLogs.Verdict verdict) {
        String looked = "%d partitions, %d segments, %d batches, %d bytes, index entries of %d partitions: "
                .formatted(
                        verdict.replicas(),
                        verdict.segments(),
                        verdict.batches(),
                        verdict.bytes(),
                        verdict.indexesRead());
        return looked + (verdict.damages() == 0 ? "no damage" : verdict.damages() + " damaged places");
    }
}
