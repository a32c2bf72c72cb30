package io.barnabas.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.TypeConversionException;

/**
 * Makes records of lines of text.
 *
 * @param topic where they go
 * @param keySeparator what stands between key and value, empty when a line is all value
 * @param keyField the field of a JSON line that is the key
 * @param timestampField the field of a JSON line that is the record's time stamp
 * @param timestampFormat how that field is written, empty for epoch milliseconds or ISO 8601
 */
record RecordSource(
        String topic,
        Optional<String> keySeparator,
        Optional<String> keyField,
        Optional<String> timestampField,
        Optional<DateTimeFormatter> timestampFormat) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * The record of one line.
     *
     * @throws CommandFailedException when the line is not what the options say
     */
    ProducerRecord<byte[], byte[]> record(String line) {
        if (keyField.isPresent() || timestampField.isPresent()) {
            JsonNode json = parse(line);
            byte[] key = keyField.map(field -> bytes(text(json, field, line))).orElse(null);
            Long timestamp = timestampField
                    .map(field -> timestamp(text(json, field, line)))
                    .orElse(null);
            return new ProducerRecord<>(topic, null, timestamp, key, bytes(line));
        }
        if (keySeparator.isPresent()) {
            int at = line.indexOf(keySeparator.get());
            if (at < 0) {
                throw new CommandFailedException(
                        "no key separator '" + keySeparator.get() + "' in the line: " + excerpt(line));
            }
            return new ProducerRecord<>(
                    topic,
                    bytes(line.substring(0, at)),
                    bytes(line.substring(at + keySeparator.get().length())));
        }
        return new ProducerRecord<>(topic, bytes(line));
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new CommandFailedException("not a JSON line: " + excerpt(line), e);
        }
    }

    private static String text(JsonNode json, String field, String line) {
        JsonNode value = json.get(field);
        if (value == null || value.isNull() || value.isContainerNode()) {
            throw new CommandFailedException("no field '" + field + "' in the line: " + excerpt(line));
        }
        return value.asText();
    }

    private long timestamp(String text) {
        try {
            if (timestampFormat.isPresent()) {
                return LocalDateTime.parse(text, timestampFormat.get())
                        .toInstant(ZoneOffset.UTC)
                        .toEpochMilli();
            }
            return text.matches("\\d+") ? Long.parseLong(text) : ((From.Time) From.parse(text)).epochMs();
        } catch (DateTimeException | NumberFormatException | ClassCastException | TypeConversionException e) {
            throw new CommandFailedException(
                    "'" + text + "' is no time; give its form with --timestamp-format, for example 'yyyy/MM/dd HH:mm'",
                    e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String excerpt(String line) {
        return line.length() <= 80 ? line : line.substring(0, 80) + "...";
    }
}
