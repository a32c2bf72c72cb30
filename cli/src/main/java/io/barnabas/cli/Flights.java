package io.barnabas.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The demo's records: real flights, keyed by origin, at their own times. */
final class Flights {

    /** The header that numbers a flight, by which the demo finds what is lost or doubled. */
    static final String NUMBER = "flight";

    private static final String RESOURCE = "flights-5k.json";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm");

    private Flights() {}

    static List<ProducerRecord<byte[], byte[]>> records(String topic) {
        ObjectMapper json = new ObjectMapper();
        try (InputStream resource = Flights.class.getResourceAsStream(RESOURCE)) {
            List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
            for (JsonNode flight : json.readTree(resource)) {
                long time = LocalDateTime.parse(flight.get("date").asText(), TIME)
                        .toInstant(ZoneOffset.UTC)
                        .toEpochMilli();
                ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                        topic,
                        null,
                        time,
                        flight.get("origin").asText().getBytes(StandardCharsets.UTF_8),
                        json.writeValueAsBytes(flight));
                record.headers().add(NUMBER, Integer.toString(records.size()).getBytes(StandardCharsets.UTF_8));
                records.add(record);
            }
            return records;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The number of a flight read back. */
    static int number(ConsumerRecord<byte[], byte[]> record) {
        return Integer.parseInt(new String(record.headers().lastHeader(NUMBER).value(), StandardCharsets.UTF_8));
    }
}
