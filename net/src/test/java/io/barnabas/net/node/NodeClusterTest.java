package io.barnabas.net.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes and Kafka's own clients: what a user of the cluster sees. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class NodeClusterTest {

    private static final String TOPIC = "orders";
    private static final int PARTITIONS = 3;
    private static final int ROUND = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    Path directory;

    @Test
    void recordsSurviveALeaderThatLeavesAndARestartOfAll() throws Exception {
        List<String> sent = new ArrayList<>();
        try (LocalNodes nodes = new LocalNodes(directory, 3)) {
            nodes.startAll();
            try (Admin admin = admin(nodes);
                    KafkaProducer<String, String> producer = producer(nodes)) {
                assertThat(admin.describeCluster().clusterId().get()).isEqualTo(nodes.clusterId());
                await().atMost(PATIENCE)
                        .untilAsserted(
                                () -> assertThat(admin.describeCluster().nodes().get())
                                        .hasSize(3));
                admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 3)))
                        .all()
                        .get();
                produce(producer, sent);
                assertThat(readAll(nodes)).containsExactlyInAnyOrderElementsOf(sent);

                int leaving = leader(admin, 0).id();
                nodes.stop(leaving);
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(leader(admin, 0).id())
                                .isNotIn(leaving, Node.noNode().id()));
                produce(producer, sent);
                assertThat(readAll(nodes)).containsExactlyInAnyOrderElementsOf(sent);

                nodes.start(leaving);
                await().atMost(PATIENCE)
                        .untilAsserted(
                                () -> assertThat(admin.describeCluster().nodes().get())
                                        .hasSize(3));
                produce(producer, sent);
                assertThat(readAll(nodes)).containsExactlyInAnyOrderElementsOf(sent);
            }
            nodes.stopAll();
            nodes.startAll();
            assertThat(readAll(nodes)).containsExactlyInAnyOrderElementsOf(sent);
            try (KafkaProducer<String, String> producer = producer(nodes)) {
                produce(producer, sent);
            }
            assertThat(readAll(nodes)).containsExactlyInAnyOrderElementsOf(sent);
        }
    }

    @Test
    void aDeletedTopicLeavesNoFilesAndItsNameCanBeUsedAgain() throws Exception {
        try (LocalNodes nodes = new LocalNodes(directory, 3)) {
            nodes.startAll();
            try (Admin admin = admin(nodes);
                    KafkaProducer<String, String> producer = producer(nodes)) {
                admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 3)))
                        .all()
                        .get();
                produce(producer, new ArrayList<>());
                assertThat(replicaDirectories(nodes)).isEqualTo(3 * PARTITIONS);
                admin.deleteTopics(List.of(TOPIC)).all().get();
                await().atMost(PATIENCE)
                        .untilAsserted(
                                () -> assertThat(replicaDirectories(nodes)).isZero());
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(failure(
                                        admin.describeTopics(List.of(TOPIC)).allTopicNames()))
                                .isInstanceOf(UnknownTopicOrPartitionException.class));
                admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 3)))
                        .all()
                        .get();
            }
            List<String> sent = new ArrayList<>();
            try (KafkaProducer<String, String> producer = producer(nodes)) {
                produce(producer, sent);
            }
            assertThat(readAll(nodes)).containsExactlyInAnyOrderElementsOf(sent);
        }
    }

    @Test
    void aNodeAloneServesATopicOfOneReplica() throws Exception {
        try (LocalNodes nodes = new LocalNodes(directory, 1)) {
            nodes.startAll();
            List<String> sent = new ArrayList<>();
            try (Admin admin = admin(nodes);
                    KafkaProducer<String, String> producer = producer(nodes)) {
                admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                        .all()
                        .get();
                produce(producer, sent);
            }
            nodes.stopAll();
            nodes.startAll();
            assertThat(readAll(nodes)).containsExactlyInAnyOrderElementsOf(sent);
        }
    }

    @Test
    void topicsCanBeCreatedSoonAfterTheLeaderOfTheMetadataLeft() throws Exception {
        try (LocalNodes nodes = new LocalNodes(directory, 3)) {
            nodes.startAll();
            try (Admin admin = admin(nodes)) {
                int leaving = admin.describeMetadataQuorum().quorumInfo().get().leaderId();
                nodes.stop(leaving);
                long left = System.nanoTime();
                admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 2)))
                        .all()
                        .get();
                assertThat(Duration.ofNanos(System.nanoTime() - left)).isLessThan(Duration.ofSeconds(5));
            }
        }
    }

    private static Throwable failure(Future<?> future) throws InterruptedException {
        try {
            future.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    private long replicaDirectories(LocalNodes nodes) throws Exception {
        long count = 0;
        for (int id = 1; id <= 3; id++) {
            try (Stream<Path> entries =
                    Files.list(nodes.config(id).metadataDir().resolve("partitions"))) {
                count += entries.count();
            }
        }
        return count;
    }

    private static Node leader(Admin admin, int partition) throws Exception {
        TopicDescription topic =
                admin.describeTopics(List.of(TOPIC)).allTopicNames().get().get(TOPIC);
        Node leader = topic.partitions().get(partition).leader();
        return leader == null ? Node.noNode() : leader;
    }

    /** Sends a round of records and waits until every one is acknowledged; offsets of a partition only grow. */
    private static void produce(KafkaProducer<String, String> producer, List<String> sent) throws Exception {
        List<Future<RecordMetadata>> answers = new ArrayList<>();
        for (int i = 0; i < ROUND; i++) {
            String value = "record-" + sent.size();
            sent.add(value);
            answers.add(producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, "key-" + i, value)));
        }
        long[] last = new long[PARTITIONS];
        Arrays.fill(last, -1);
        for (Future<RecordMetadata> answer : answers) {
            RecordMetadata stored = answer.get();
            assertThat(stored.offset()).isGreaterThan(last[stored.partition()]);
            last[stored.partition()] = stored.offset();
        }
    }

    private static List<String> readAll(LocalNodes nodes) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", nodes.bootstrap(),
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false");
        List<TopicPartition> partitions = Stream.iterate(0, p -> p < PARTITIONS, p -> p + 1)
                .map(p -> new TopicPartition(TOPIC, p))
                .toList();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<String> values = new ArrayList<>();
            long giveUp = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() < giveUp
                    && partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    values.add(record.value());
                }
            }
            return values;
        }
    }

    private static Admin admin(LocalNodes nodes) {
        return Admin.create(Map.of("bootstrap.servers", nodes.bootstrap()));
    }

    private static KafkaProducer<String, String> producer(LocalNodes nodes) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", nodes.bootstrap(),
                "acks", "all",
                "enable.idempotence", "true",
                "linger.ms", "5");
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }
}
