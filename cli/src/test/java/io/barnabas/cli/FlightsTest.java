package io.barnabas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class FlightsTest {

    private final List<ProducerRecord<byte[], byte[]>> flights = Flights.records("flights");

    @Test
    void thereAreFiveThousandNumberedInOrder() {
        assertThat(flights).hasSize(5_000);
        for (int i = 0; i < flights.size(); i++) {
            byte[] number = flights.get(i).headers().lastHeader(Flights.NUMBER).value();
            assertThat(new String(number, StandardCharsets.UTF_8)).isEqualTo(Integer.toString(i));
        }
    }

    @Test
    void eachIsKeyedByItsOriginAtItsOwnTime() throws Exception {
        ObjectMapper json = new ObjectMapper();
        DateTimeFormatter form = DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm").withZone(ZoneOffset.UTC);
        for (ProducerRecord<byte[], byte[]> flight : flights) {
            JsonNode value = json.readTree(flight.value());
            assertThat(new String(flight.key(), StandardCharsets.UTF_8))
                    .isEqualTo(value.get("origin").asText());
            assertThat(form.format(Instant.ofEpochMilli(flight.timestamp())))
                    .isEqualTo(value.get("date").asText());
        }
    }
}
