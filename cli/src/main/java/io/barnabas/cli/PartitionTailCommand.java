package io.barnabas.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints records as they come. */
@Command(
        name = "tail",
        description = "Print the records of a topic or partition, and those that follow. Leader changes do not end it.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  barnabas partition tail orders",
            "  barnabas partition tail orders:0 --from beginning --max 10 --no-follow",
            "  barnabas partition tail orders --from -10m --output json",
            "  barnabas partition tail flights:2 --from 2001-01-15T00:00"
        })
final class PartitionTailCommand implements Runnable {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private Output output;

    @Parameters(
            paramLabel = "TOPIC[:P]",
            converter = PartitionRef.Converter.class,
            description = "A topic, or one partition of it.")
    private PartitionRef wanted;

    @Option(
            names = "--from",
            defaultValue = "end",
            converter = From.Converter.class,
            description = "Where to begin: " + From.FORMS + " (default: ${DEFAULT-VALUE}).")
    private From from;

    @Option(names = "--max", paramLabel = "N", description = "End after so many records.")
    private long max = Long.MAX_VALUE;

    @Option(names = "--no-follow", description = "End where the log ends now.")
    private boolean noFollow;

    private long printed;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        try (Tail tail = new Tail(cluster.consumer(), wanted)) {
            tail.seek(from);
            tail.run(!noFollow, () -> printed < max, record -> {
                out.println(output.format() == Output.Format.JSON ? json(record) : line(record));
                out.flush();
                return ++printed < max;
            });
        }
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
