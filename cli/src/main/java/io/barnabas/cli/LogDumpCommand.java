package io.barnabas.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.barnabas.net.node.OfflineLogs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what a log's files hold. */
@Command(
        name = "dump",
        description = {
            "Print segments, batches, epochs, producers, snapshots and index entries, a line each.",
            "Nothing is changed. While a node has the files open, its index entries are left out."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  barnabas log dump /var/lib/barnabas/partitions/0c4e2b7a-55c4-4ad1-9a44-d3f600000000",
            "  barnabas log dump 00000000000000000000.log --deep --from 1000 --to 1010"
        })
final class LogDumpCommand implements Runnable {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "DIR|FILE",
            description = "A segment file, a directory of segments, a partition's directory, or one of log.dirs.")
    private Path path;

    @Option(names = "--deep", description = "Print records too; keys and values that are no text, in hex.")
    private boolean deep;

    @Option(names = "--json", description = "Print each line as a JSON object.")
    private boolean json;

    @Option(
            names = "--from",
            paramLabel = "OFFSET",
            defaultValue = "0",
            description = "Leave out what lies below (default: ${DEFAULT-VALUE}).")
    private long from;

    @Option(
            names = "--to",
            paramLabel = "OFFSET",
            description = "Leave out what lies at or above (default: the log's end).")
    private Long to;

    @Override
    public void run() {
        if (from < 0 || (to != null && to < from)) {
            throw new ParameterException(spec.commandLine(), "--from must be 0 or more, and --to no lower than --from");
        }
        PrintWriter out = spec.commandLine().getOut();
        try {
            OfflineLogs.at(path).dump(deep, from, to == null ? Long.MAX_VALUE : to, (kind, fields) -> {
                out.println(json ? asJson(kind, fields) : asText(kind, fields));
            });
        } catch (IOException e) {
            throw new CommandFailedException(Failures.line(e), e);
        }
    }

    private static String asText(String kind, Map<String, Object> fields) {
        StringBuilder line = new StringBuilder(kind);
        fields.forEach(
                (name, value) -> line.append(' ').append(name).append('=').append(oneLine(value)));
        return line.toString();
    }

    /** A line stays a line, and is split at its blanks. */
    private static String oneLine(Object value) {
        if (!(value instanceof String text)) {
            return String.valueOf(value);
        }
        return text.isEmpty() || text.chars().anyMatch(c -> c <= ' ' || c == '"') ? quoted(text) : text;
    }

    private static String quoted(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String asJson(String kind, Map<String, Object> fields) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("kind", kind);
        all.putAll(fields);
        return quoted(all);
    }
}
