package io.barnabas.net.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Settings of topics on a node that runs, changed and observed by Kafka's own clients. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class TopicSettingsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private LocalNodes nodes;
    private Admin admin;
    private KafkaProducer<String, String> producer;

    @BeforeEach
    void start() throws Exception {
        nodes = new LocalNodes(directory, 1);
        nodes.startAll();
        admin = Admin.create(Map.of("bootstrap.servers", nodes.bootstrap()));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", nodes.bootstrap(), "linger.ms", "20", "compression.type", "gzip"),
                new StringSerializer(),
                new StringSerializer());
    }

    @AfterEach
    void stop() {
        producer.close(Duration.ZERO);
        admin.close();
        nodes.close();
    }

    private void create(String topic, Map<String, String> configs) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(configs)))
                .all()
                .get();
    }

    private void alter(String topic, AlterConfigOp.OpType operation, String name, String value) throws Exception {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(new ConfigEntry(name, value), operation))))
                .all()
                .get();
    }

    private RecordMetadata send(String topic, Long timestamp, String key, String value)
            throws ExecutionException, InterruptedException {
        return producer.send(new ProducerRecord<>(topic, 0, timestamp, key, value))
                .get();
    }

    private List<ConsumerRecord<String, String>> readAll(String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", nodes.bootstrap()), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            long giveUp = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.position(partition) < end && System.nanoTime() < giveUp) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    /** The codecs of the batches in the only segment file there is, in order. */
    private List<CompressionType> codecs() throws IOException {
        Path partitions = nodes.config(1).logDirs().getFirst().resolve("partitions");
        try (Stream<Path> files = Files.walk(partitions)) {
            Path segment = files.filter(file -> file.endsWith("00000000000000000000.log"))
                    .findFirst()
                    .orElseThrow();
            List<CompressionType> codecs = new ArrayList<>();
            try (FileRecords records = FileRecords.open(segment.toFile())) {
                records.batches().forEach(batch -> codecs.add(batch.compressionType()));
            }
            return codecs;
        }
    }

    @Test
    void aChangedSettingHoldsWithoutARestart() throws Exception {
        create("events", Map.of());
        long own = System.currentTimeMillis() - 86_400_000;
        assertThat(send("events", own, "a", "created").timestamp()).isEqualTo(own);

        alter("events", AlterConfigOp.OpType.SET, "message.timestamp.type", "LogAppendTime");
        long before = System.currentTimeMillis();
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(send("events", own, "a", "appended").timestamp())
                                .isBetween(before, System.currentTimeMillis()));
        alter("events", AlterConfigOp.OpType.DELETE, "message.timestamp.type", "");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                send("events", own, "a", "created again").timestamp())
                        .isEqualTo(own));

        List<ConsumerRecord<String, String>> records = readAll("events");
        assertThat(records.getFirst().timestampType()).isEqualTo(TimestampType.CREATE_TIME);
        assertThat(records)
                .filteredOn(record -> record.timestampType() == TimestampType.LOG_APPEND_TIME)
                .isNotEmpty()
                .allMatch(record -> record.timestamp() >= before);
        assertThat(records.getLast().timestamp()).isEqualTo(own);
    }

    @Test
    void batchesAreStoredWithTheCodecThatTheTopicNames() throws Exception {
        create("events", Map.of("compression.type", "zstd"));
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String value = "value-" + i + "-" + "x".repeat(i);
            sent.add(value);
            producer.send(new ProducerRecord<>("events", 0, "k" + i, value));
        }
        producer.flush();
        assertThat(codecs()).isNotEmpty().containsOnly(CompressionType.ZSTD);

        alter("events", AlterConfigOp.OpType.SET, "compression.type", "producer");
        await().atMost(PATIENCE).untilAsserted(() -> {
            sent.add("more");
            send("events", null, "k", "more");
            assertThat(codecs()).endsWith(CompressionType.GZIP);
        });
        assertThat(readAll("events")).extracting(ConsumerRecord::value).containsExactlyElementsOf(sent);
    }

    @Test
    void recordsThatATopicDoesNotTakeAreRefused() throws Exception {
        create("events", Map.of("message.timestamp.before.max.ms", "60000", "cleanup.policy", "compact"));
        long now = System.currentTimeMillis();
        send("events", now, "key", "good");
        assertThatThrownBy(() -> send("events", now - 120_000, "key", "late"))
                .hasCauseInstanceOf(InvalidTimestampException.class)
                .hasMessageContaining("message.timestamp.before.max.ms");
        assertThatThrownBy(() -> send("events", now + 7_200_000, "key", "early"))
                .hasCauseInstanceOf(InvalidTimestampException.class);
        assertThatThrownBy(() -> send("events", now, null, "keyless"))
                .hasCauseInstanceOf(InvalidRecordException.class)
                .hasMessageContaining("without key");
        assertThat(readAll("events")).extracting(ConsumerRecord::value).containsExactly("good");
    }

    @Test
    void settingsAreDescribedWithAllThatStandsBehindThem() throws Exception {
        create("events", Map.of("retention.ms", "60000"));
        alter("events", AlterConfigOp.OpType.APPEND, "cleanup.policy", "compact");
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "events");

        Map<ConfigResource, Config> described = await().atMost(PATIENCE)
                .until(
                        () -> admin.describeConfigs(
                                        List.of(topic),
                                        new DescribeConfigsOptions()
                                                .includeSynonyms(true)
                                                .includeDocumentation(true))
                                .all()
                                .get(),
                        found -> found.get(topic).get("cleanup.policy").value().equals("delete,compact"));

        ConfigEntry retention = described.get(topic).get("retention.ms");
        assertThat(retention.value()).isEqualTo("60000");
        assertThat(retention.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(retention.type()).isEqualTo(ConfigEntry.ConfigType.LONG);
        assertThat(retention.documentation()).isNotBlank();
        assertThat(retention.synonyms())
                .extracting(ConfigEntry.ConfigSynonym::name, ConfigEntry.ConfigSynonym::value)
                .containsExactly(tuple("retention.ms", "60000"), tuple("log.retention.hours", "168"));
        assertThat(described.get(topic).get("segment.ms").value()).isEqualTo("604800000");
        assertThat(described.get(topic).get("min.cleanable.dirty.ratio").type())
                .isEqualTo(ConfigEntry.ConfigType.DOUBLE);

        assertThatThrownBy(() -> admin.incrementalAlterConfigs(
                                Map.of(
                                        topic,
                                        List.of(new AlterConfigOp(
                                                new ConfigEntry("max.message.bytes", "99999999"),
                                                AlterConfigOp.OpType.SET))),
                                new AlterConfigsOptions().validateOnly(true))
                        .all()
                        .get())
                .hasCauseInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("message.max.bytes");
    }
}
