package io.barnabas.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** A record as a line, for people or as JSON. */
final class RecordText {

    private static final ObjectMapper JSON = new ObjectMapper();

    private RecordText() {}

    static String of(ConsumerRecord<byte[], byte[]> record, Output.Format format) {
        return format == Output.Format.JSON ? json(record) : line(record);
    }

    static String line(ConsumerRecord<byte[], byte[]> record) {
        return record.partition() + ":" + record.offset() + "  " + Instant.ofEpochMilli(record.timestamp()) + "  "
                + (record.key() == null ? "-" : text(record.key())) + "  "
                + (record.value() == null ? "(tombstone)" : text(record.value()));
    }

    private static String json(ConsumerRecord<byte[], byte[]> record) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("partition", record.partition());
        fields.put("offset", record.offset());
        fields.put("timestamp", record.timestamp());
        fields.put("leaderEpoch", record.leaderEpoch().orElse(null));
        fields.put("key", record.key() == null ? null : text(record.key()));
        fields.put("value", record.value() == null ? null : text(record.value()));
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), header.value() == null ? null : text(header.value()));
        }
        fields.put("headers", headers);
        try {
            return JSON.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
