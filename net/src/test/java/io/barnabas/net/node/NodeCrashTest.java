package io.barnabas.net.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three processes, and SIGKILL in the middle of a load: nothing acknowledged is lost, doubled or reordered. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class NodeCrashTest {

    private static final TopicPartition PARTITION = new TopicPartition("ledger", 0);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final Map<Integer, NodeProcess> running = new TreeMap<>();
    private final List<String> bootstrap = new ArrayList<>();

    @BeforeEach
    void startNodes() throws Exception {
        List<Integer> ports = LocalNodes.freePorts(9);
        String clusterId = ClusterId.random();
        String voters =
                "1@127.0.0.1:%d,2@127.0.0.1:%d,3@127.0.0.1:%d".formatted(ports.get(3), ports.get(4), ports.get(5));
        for (int id = 1; id <= 3; id++) {
            bootstrap.add("127.0.0.1:" + ports.get(id - 1));
            Files.createDirectories(settings(id).getParent());
            Files.writeString(settings(id), """
                    node.id=%d
                    log.dirs=data
                    listeners=PLAINTEXT://127.0.0.1:%d
                    quorum.voters=%s
                    partition.raft.listener=127.0.0.1:%d
                    """.formatted(id, ports.get(id - 1), voters, ports.get(id + 5)));
            DataDirectories.format(NodeConfig.read(settings(id)), clusterId);
            start(id);
        }
    }

    @AfterEach
    void killNodes() throws Exception {
        for (NodeProcess node : running.values()) {
            node.kill();
        }
    }

    @Test
    void nothingAcknowledgedIsLostWhenLeadersAreKilled() throws Exception {
        List<Integer> acknowledged;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", String.join(",", bootstrap)))) {
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> admin.describeCluster()
                                    .nodes()
                                    .get(5, TimeUnit.SECONDS)
                                    .size()
                            == 3);
            admin.createTopics(List.of(new NewTopic(PARTITION.topic(), 1, (short) 3)))
                    .all()
                    .get();
            AtomicBoolean stop = new AtomicBoolean();
            CompletableFuture<List<Integer>> load =
                    CompletableFuture.supplyAsync(() -> produceUntil(stop), Thread::startVirtualThread);
            for (int round = 0; round < 2; round++) {
                int leader = awaitLeader(admin, -1);
                running.remove(leader).kill();
                awaitLeader(admin, leader);
                start(leader);
                await().atMost(PATIENCE).ignoreExceptions().until(() -> liveNodes(admin) == 3);
            }
            stop.set(true);
            acknowledged = load.get(60, TimeUnit.SECONDS);
        }
        assertThat(acknowledged).isNotEmpty();
        assertThat(readAll()).containsExactlyElementsOf(acknowledged);
        for (int id : List.copyOf(running.keySet())) {
            assertThat(running.remove(id).terminate()).as("SIGTERM").isEqualTo(143);
        }
        for (int id = 1; id <= 3; id++) {
            start(id);
        }
        assertThat(readAll()).containsExactlyElementsOf(acknowledged);
    }

    private Path settings(int id) {
        return directory.resolve("node-" + id).resolve("node.properties");
    }

    private void start(int id) throws Exception {
        running.put(id, NodeProcess.start(settings(id)));
    }

    /** One idempotent producer with several requests in flight; it must get over each kill by itself. */
    private List<Integer> produceUntil(AtomicBoolean stop) {
        Map<String, Object> settings = Map.of("bootstrap.servers", String.join(",", bootstrap), "acks", "all");
        List<Integer> sent = new ArrayList<>();
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            while (!stop.get() || sent.isEmpty()) {
                CompletableFuture<Void> answer = new CompletableFuture<>();
                producer.send(
                        new ProducerRecord<>(
                                PARTITION.topic(), PARTITION.partition(), null, Integer.toString(sent.size())),
                        (metadata, error) -> {
                            if (error == null) {
                                answer.complete(null);
                            } else {
                                answer.completeExceptionally(error);
                            }
                        });
                sent.add(sent.size());
                answers.add(answer);
                if (answers.size() % 100 == 0) {
                    producer.flush();
                }
            }
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
        return sent;
    }

    private int awaitLeader(Admin admin, int other) {
        return await().atMost(PATIENCE).ignoreExceptions().until(() -> leader(admin), id -> id > 0 && id != other);
    }

    private static int leader(Admin admin) throws Exception {
        return admin.describeTopics(List.of(PARTITION.topic()))
                .allTopicNames()
                .get(5, TimeUnit.SECONDS)
                .get(PARTITION.topic())
                .partitions()
                .getFirst()
                .leader()
                .id();
    }

    private static int liveNodes(Admin admin) throws Exception {
        return admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).size();
    }

    private List<Integer> readAll() {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", String.join(",", bootstrap), "auto.offset.reset", "earliest");
        List<Integer> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            long end = consumer.endOffsets(List.of(PARTITION), PATIENCE).get(PARTITION);
            long giveUp = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.position(PARTITION) < end && System.nanoTime() < giveUp) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    values.add(Integer.parseInt(record.value()));
                }
            }
        }
        return values;
    }
}
