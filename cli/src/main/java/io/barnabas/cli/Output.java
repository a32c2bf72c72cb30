package io.barnabas.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** How a command shows rows: as a table for people or as JSON for programs. */
final class Output {

    /** The forms of output. */
    enum Format {
        TABLE,
        JSON
    }

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Option(names = "--output", defaultValue = "table", description = "table or json (default: ${DEFAULT-VALUE}).")
    private Format format;

    Format format() {
        return format;
    }

    /** Prints rows; the keys of the first one are the columns. In JSON every row is an object. */
    void rows(PrintWriter out, List<Map<String, Object>> rows) {
        if (format == Format.JSON) {
            json(out, rows);
        } else if (rows.isEmpty()) {
            out.println("(none)");
        } else {
            table(out, rows);
        }
    }

    /** Prints one thing: a line per field, or one JSON object. */
    void one(PrintWriter out, Map<String, Object> fields) {
        if (format == Format.JSON) {
            json(out, fields);
            return;
        }
        int width = fields.keySet().stream().mapToInt(String::length).max().orElse(0);
        fields.forEach((name, value) -> out.println(pad(name, width) + "  " + value));
    }

    private static void json(PrintWriter out, Object value) {
        try {
            out.println(JSON.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void table(PrintWriter out, List<Map<String, Object>> rows) {
        List<String> columns = List.copyOf(rows.getFirst().keySet());
        List<List<String>> lines = new ArrayList<>();
        lines.add(
                columns.stream().map(column -> column.toUpperCase(Locale.ROOT)).toList());
        for (Map<String, Object> row : rows) {
            lines.add(columns.stream()
                    .map(column -> String.valueOf(row.get(column)))
                    .toList());
        }
        int[] widths = new int[columns.size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (List<String> line : lines) {
            List<String> cells = new ArrayList<>();
            for (int i = 0; i < widths.length; i++) {
                cells.add(pad(line.get(i), widths[i]));
            }
            out.println(cells.stream().collect(Collectors.joining("  ")).stripTrailing());
        }
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
