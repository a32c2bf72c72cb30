package io.barnabas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class OutputTest {

    @Command
    static final class Holder {
        @Mixin
        private Output output;
    }

    private static String print(String format, BiConsumer<Output, PrintWriter> body) {
        Holder holder = new Holder();
        new CommandLine(holder).setCaseInsensitiveEnumValuesAllowed(true).parseArgs("--output", format);
        StringWriter text = new StringWriter();
        body.accept(holder.output, new PrintWriter(text, true));
        return text.toString();
    }

    private static Map<String, Object> row(String name, Object count) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", name);
        row.put("count", count);
        return row;
    }

    @Test
    void aTableAlignsItsColumnsAndEndsLinesWithoutBlanks() {
        String text = print("table", (output, out) -> output.rows(out, List.of(row("a", 12345), row("longer", 6))));

        assertThat(text).isEqualToNormalizingNewlines("""
                NAME    COUNT
                a       12345
                longer  6
                """);
    }

    @Test
    void noRowsAreSaidAndNotShownAsNothing() {
        assertThat(print("table", (output, out) -> output.rows(out, List.of()))).isEqualToIgnoringWhitespace("(none)");
        assertThat(print("json", (output, out) -> output.rows(out, List.of()))).isEqualToIgnoringWhitespace("[]");
    }

    @Test
    void jsonKeepsTypesAndNames() throws Exception {
        String text = print("JSON", (output, out) -> output.rows(out, List.of(row("quote \" and ü", 7L))));

        JsonNode json = new ObjectMapper().readTree(text);
        assertThat(json).hasSize(1);
        assertThat(json.get(0).get("name").asText()).isEqualTo("quote \" and ü");
        assertThat(json.get(0).get("count").isNumber()).isTrue();
    }

    @Test
    void oneThingIsALinePerFieldOrOneObject() throws Exception {
        Map<String, Object> fields = row("orders", List.of(1, 2));

        assertThat(print("table", (output, out) -> output.one(out, fields))).isEqualToNormalizingNewlines("""
                name   orders
                count  [1, 2]
                """);
        assertThat(new ObjectMapper()
                        .readTree(print("json", (output, out) -> output.one(out, fields)))
                        .get("count"))
                .hasSize(2);
    }
}
