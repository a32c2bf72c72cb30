package io.barnabas.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class RecordSourceTest {

    private static final String FLIGHT = "{\"date\":\"2001/01/10 18:20\",\"origin\":\"MIA\",\"delay\":25}";

    private static RecordSource plain() {
        return new RecordSource("t", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static RecordSource separated(String separator) {
        return new RecordSource("t", Optional.of(separator), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static RecordSource json(String keyField, String timestampField, String format) {
        return new RecordSource(
                "t",
                Optional.empty(),
                Optional.ofNullable(keyField),
                Optional.ofNullable(timestampField),
                Optional.ofNullable(format).map(DateTimeFormatter::ofPattern));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void aLineIsAValue() {
        ProducerRecord<byte[], byte[]> record = plain().record("Zürich → 10:30");

        assertThat(record.topic()).isEqualTo("t");
        assertThat(record.key()).isNull();
        assertThat(record.timestamp()).isNull();
        assertThat(text(record.value())).isEqualTo("Zürich → 10:30");
    }

    @Test
    void theFirstSeparatorPartsKeyFromValue() {
        ProducerRecord<byte[], byte[]> record = separated("::").record("a::b::c");

        assertThat(text(record.key())).isEqualTo("a");
        assertThat(text(record.value())).isEqualTo("b::c");
    }

    @Test
    void keyAndValueMayBeEmpty() {
        ProducerRecord<byte[], byte[]> record = separated(":").record(":");

        assertThat(record.key()).isEmpty();
        assertThat(record.value()).isEmpty();
    }

    @Test
    void aLineWithoutSeparatorIsRefused() {
        assertThatThrownBy(() -> separated(":").record("plain"))
                .isInstanceOf(CommandFailedException.class)
                .hasMessage("no key separator ':' in the line: plain");
    }

    @Test
    void aLongLineIsQuotedInPart() {
        assertThatThrownBy(() -> separated(":").record("x".repeat(500))).hasMessageEndingWith("x".repeat(80) + "...");
    }

    @Test
    void fieldsOfAJsonLineAreKeyAndTime() {
        ProducerRecord<byte[], byte[]> record =
                json("origin", "date", "yyyy/MM/dd HH:mm").record(FLIGHT);

        assertThat(text(record.key())).isEqualTo("MIA");
        assertThat(record.timestamp())
                .isEqualTo(Instant.parse("2001-01-10T18:20:00Z").toEpochMilli());
        assertThat(text(record.value())).isEqualTo(FLIGHT);
    }

    @Test
    void timesAreEpochMillisecondsOrIso() {
        assertThat(json(null, "t", null).record("{\"t\":1000}").timestamp()).isEqualTo(1000);
        assertThat(json(null, "t", null)
                        .record("{\"t\":\"1970-01-01T00:00:02\"}")
                        .timestamp())
                .isEqualTo(2000);
        assertThat(json(null, "t", null)
                        .record("{\"t\":\"1970-01-01T01:00:03+01:00\"}")
                        .timestamp())
                .isEqualTo(3000);
    }

    @Test
    void wrongTimesAreRefusedWithWhatToDo() {
        for (String line : new String[] {"{\"t\":\"soon\"}", "{\"t\":\"beginning\"}", "{\"t\":\"-10m\"}"}) {
            assertThatThrownBy(() -> json(null, "t", null).record(line))
                    .isInstanceOf(CommandFailedException.class)
                    .hasMessageContaining("--timestamp-format");
        }
    }

    @Test
    void aNumberBeyondAllTimesIsRefused() {
        assertThatThrownBy(() -> json(null, "t", null).record("{\"t\":\"99999999999999999999\"}"))
                .isInstanceOf(CommandFailedException.class);
    }

    @Test
    void linesThatAreNotSuchObjectsAreRefused() {
        assertThatThrownBy(() -> json("k", null, null).record("{\"k\":"))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageStartingWith("not a JSON line");
        for (String line : new String[] {"{\"other\":1}", "{\"k\":null}", "{\"k\":{}}", "[1]", "7", ""}) {
            assertThatThrownBy(() -> json("k", null, null).record(line))
                    .as(line)
                    .isInstanceOf(CommandFailedException.class);
        }
    }
}
