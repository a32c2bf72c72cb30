package io.barnabas.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.barnabas.cli.report.MeasurementPage;
import io.barnabas.cli.report.Numbers;
import io.barnabas.cli.rules.bench.Figure;
import io.barnabas.cli.rules.bench.Measurement;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a measurement is told: on the screen, and in files. */
final class BenchReport {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Mixin
    private Output output;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write everything that was measured as JSON.")
    private Optional<Path> json = Optional.empty();

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Also write a page with tables and plots, which needs nothing beside itself.")
    private Optional<Path> html = Optional.empty();

    void tell(PrintWriter out, Measurement measurement) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Figure figure : measurement.figures()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("figure", figure.name());
            row.put("value", output.format() == Output.Format.JSON ? figure.value() : Numbers.text(figure.value()));
            row.put("unit", figure.unit());
            rows.add(row);
        }
        tell(out, rows, measurement, MeasurementPage.of(measurement));
    }

    /** Prints rows, and writes the whole and the page into files when they are asked for. */
    void tell(PrintWriter out, List<Map<String, Object>> rows, Object whole, String page) {
        output.rows(out, rows);
        out.flush();
        write(whole, page);
    }

    /** Only the files; those of before are replaced. */
    void write(Object whole, String page) {
        try {
            if (json.isPresent()) {
                Files.writeString(json.get(), JSON.writeValueAsString(whole) + "\n", StandardCharsets.UTF_8);
            }
            if (html.isPresent()) {
                Files.writeString(html.get(), page, StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new CommandFailedException("cannot write the report: " + Failures.line(e), e);
        }
    }
}
