package io.barnabas.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL of each node in turn under an idempotent acks=all load; then every record is read back and held against it. */
class KilledNodesTest {

    private static final String TOPIC = "chaos";
    private static final int PARTITIONS = 4;
    private static final int NODES = 3;
    private static final long SEND_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int RECORDS_BETWEEN_FAULTS = 1_000;

    @TempDir
    Path directory;

    private final AtomicBoolean loading = new AtomicBoolean(true);
    private final AtomicLong acknowledgements = new AtomicLong();
    /** Offset of each acknowledged value. */
    private final Map<Long, Position> acknowledged = new ConcurrentHashMap<>();

    private final Set<Long> failed = ConcurrentHashMap.newKeySet();
    private long sent;

    private record Position(int partition, long offset) {}

    @Test
    @Timeout(300)
    void nothingAcknowledgedIsLostDoubledOrReordered() throws Exception {
        long seed = seed();
        try (BackgroundCluster cluster = new BackgroundCluster(directory, NODES)) {
            createTopic(cluster);
            Thread load = Thread.ofPlatform().start(() -> load(cluster));
            List<Integer> order = new ArrayList<>(List.of(1, 2, 3));
            SplittableRandom random = new SplittableRandom(seed);
            while (!order.isEmpty()) {
                awaitAcknowledgements(RECORDS_BETWEEN_FAULTS);
                cluster.kill(order.remove(random.nextInt(order.size())));
                awaitAcknowledgements(RECORDS_BETWEEN_FAULTS);
                cluster.start();
            }
            loading.set(false);
            load.join();
            check(readAll(cluster), seed);
        }
    }

    private static long seed() {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        System.out.println("seed " + seed);
        return seed;
    }

    private static void createTopic(BackgroundCluster cluster) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) NODES)))
                    .all()
                    .get(60, TimeUnit.SECONDS);
        }
    }

    private void load(BackgroundCluster cluster) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", cluster.bootstrap());
        config.put("acks", "all");
        config.put("linger.ms", 0);
        try (KafkaProducer<Long, Long> producer =
                new KafkaProducer<>(config, new LongSerializer(), new LongSerializer())) {
            while (loading.get()) {
                long value = sent++;
                producer.send(
                        new ProducerRecord<>(TOPIC, (int) (value % PARTITIONS), value, value), (metadata, error) -> {
                            if (error == null) {
                                acknowledged.put(value, new Position(metadata.partition(), metadata.offset()));
                                acknowledgements.incrementAndGet();
                            } else {
                                failed.add(value);
                            }
                        });
                LockSupport.parkNanos(SEND_INTERVAL_NANOS);
            }
        }
    }

    private void awaitAcknowledgements(int more) {
        long until = acknowledgements.get() + more;
        Awaitility.await().atMost(Duration.ofSeconds(90)).until(() -> acknowledgements.get() >= until);
    }

    private static List<ConsumerRecord<Long, Long>> readAll(BackgroundCluster cluster) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", cluster.bootstrap());
        config.put("enable.auto.commit", false);
        List<ConsumerRecord<Long, Long>> records = new ArrayList<>();
        try (KafkaConsumer<Long, Long> consumer =
                new KafkaConsumer<>(config, new LongDeserializer(), new LongDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                partitions.add(new TopicPartition(TOPIC, partition));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    private void check(List<ConsumerRecord<Long, Long>> records, long seed) {
        Set<Long> seen = new HashSet<>();
        Map<Integer, Long> last = new HashMap<>();
        for (ConsumerRecord<Long, Long> record : records) {
            long value = record.value();
            assertThat(seen.add(value))
                    .as("value %s stands once (seed %s)", value, seed)
                    .isTrue();
            assertThat(value).as("nobody sent %s (seed %s)", value, seed).isLessThan(sent);
            Long before = last.put(record.partition(), value);
            assertThat(before == null || before < value)
                    .as("value %s after %s (seed %s)", value, before, seed)
                    .isTrue();
            Position position = acknowledged.get(value);
            if (position != null) {
                assertThat(new Position(record.partition(), record.offset()))
                        .as("value %s (seed %s)", value, seed)
                        .isEqualTo(position);
            }
        }
        assertThat(seen).as("all acknowledged (seed %s)", seed).containsAll(acknowledged.keySet());
        assertThat(failed).as("producers recover by themselves (seed %s)", seed).isEmpty();
    }
}
