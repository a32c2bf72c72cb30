package io.barnabas.net.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.LogDirNotFoundException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes with two log directories each, and Kafka's own clients. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class LogDirectoriesClusterTest {

    private static final String TOPIC = "orders";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void replicasMoveUnderLoadAndADiskThatIsAwayTakesOnlyItsOwn() throws Exception {
        try (LocalNodes nodes = new LocalNodes(directory, 3, Map.of("log.dirs", "disk-1,disk-2"))) {
            nodes.startAll();
            Set<String> acknowledged = Collections.synchronizedSet(new TreeSet<>());
            try (Admin admin = admin(nodes)) {
                admin.createTopics(List.of(new NewTopic(TOPIC, 2, (short) 3)))
                        .all()
                        .get();
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(places(admin)).hasSize(6));
                moveAllUnderLoad(nodes, admin, acknowledged);
                assertThatThrownBy(() -> move(admin, 2, 0, "/not/there"))
                        .hasCauseInstanceOf(LogDirNotFoundException.class);
            }
            assertThat(readAll(nodes)).containsAll(acknowledged);

            nodes.stop(3);
            Path disk = nodes.config(3).logDirs().get(1);
            Files.move(disk, disk.resolveSibling("unplugged"));
            Files.createFile(disk);
            nodes.start(3);
            try (Admin admin = admin(nodes)) {
                await().atMost(PATIENCE).untilAsserted(() -> {
                    Map<String, LogDirDescription> dirs = admin.describeLogDirs(List.of(3))
                            .allDescriptions()
                            .get()
                            .get(3);
                    assertThat(dirs.get(disk.toString()).error()).isInstanceOf(KafkaStorageException.class);
                    assertThat(dirs.get(disk.toString()).replicaInfos()).hasSize(1);
                    LogDirDescription well =
                            dirs.get(nodes.config(3).logDirs().getFirst().toString());
                    assertThat(well.error()).isNull();
                    assertThat(well.usableBytes().orElseThrow()).isPositive();
                    assertThat(well.replicaInfos()).hasSize(1);
                });
                assertThatThrownBy(() -> move(admin, 3, 0, disk.toString()))
                        .hasCauseInstanceOf(KafkaStorageException.class);
            }
            try (KafkaProducer<String, String> producer = producer(nodes)) {
                for (int partition = 0; partition < 2; partition++) {
                    producer.send(new ProducerRecord<>(TOPIC, partition, null, "last-" + partition))
                            .get(60, TimeUnit.SECONDS);
                    acknowledged.add("last-" + partition);
                }
            }
            assertThat(readAll(nodes)).containsAll(acknowledged);
        }
    }

    /** Every replica of every node goes to the other directory of its node, while records are written. */
    private static void moveAllUnderLoad(LocalNodes nodes, Admin admin, Set<String> acknowledged) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Void> load =
                CompletableFuture.runAsync(() -> write(nodes, acknowledged, stop), Thread::startVirtualThread);
        Map<TopicPartitionReplica, String> wanted = new HashMap<>();
        places(admin)
                .forEach((replica, place) -> wanted.put(
                        replica,
                        nodes.config(replica.brokerId()).logDirs().stream()
                                .map(Path::toString)
                                .filter(path -> !path.equals(place))
                                .findFirst()
                                .orElseThrow()));
        await().atMost(PATIENCE).until(() -> acknowledged.size() > 200);
        for (Map.Entry<TopicPartitionReplica, String> each : wanted.entrySet()) {
            int before = acknowledged.size();
            admin.alterReplicaLogDirs(Map.of(each.getKey(), each.getValue()))
                    .all()
                    .get();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(places(admin)).containsEntry(each.getKey(), each.getValue()));
            await().atMost(PATIENCE).until(() -> acknowledged.size() > before);
        }
        stop.set(true);
        load.get(60, TimeUnit.SECONDS);
        assertThat(places(admin)).isEqualTo(wanted);
    }

    private static void write(LocalNodes nodes, Set<String> acknowledged, AtomicBoolean stop) {
        try (KafkaProducer<String, String> producer = producer(nodes)) {
            for (int i = 0; !stop.get(); i++) {
                String value = "v-" + i;
                producer.send(new ProducerRecord<>(TOPIC, i % 2, null, value), (metadata, error) -> {
                    if (error == null) {
                        acknowledged.add(value);
                    }
                });
                if (i % 50 == 0) {
                    producer.flush();
                }
            }
        }
    }

    private static void move(Admin admin, int node, int partition, String path) throws Exception {
        admin.alterReplicaLogDirs(Map.of(new TopicPartitionReplica(TOPIC, partition, node), path))
                .all()
                .get();
    }

    private static Map<TopicPartitionReplica, String> places(Admin admin) throws Exception {
        Map<TopicPartitionReplica, String> places = new HashMap<>();
        admin.describeLogDirs(List.of(1, 2, 3))
                .allDescriptions()
                .get()
                .forEach((node, dirs) ->
                        dirs.forEach((path, dir) -> dir.replicaInfos().forEach((partition, info) -> {
                            if (!info.isFuture()) {
                                places.put(
                                        new TopicPartitionReplica(partition.topic(), partition.partition(), node),
                                        path);
                            }
                        })));
        return places;
    }

    private static List<String> readAll(LocalNodes nodes) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", nodes.bootstrap(), "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            List<TopicPartition> partitions = List.of(new TopicPartition(TOPIC, 0), new TopicPartition(TOPIC, 1));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }

    private static Admin admin(LocalNodes nodes) {
        return Admin.create(Map.of("bootstrap.servers", nodes.bootstrap()));
    }

    private static KafkaProducer<String, String> producer(LocalNodes nodes) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", nodes.bootstrap(), "acks", "all", "linger.ms", "1"),
                new StringSerializer(),
                new StringSerializer());
    }
}
