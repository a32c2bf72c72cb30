package io.barnabas.net.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.net.node.rules.GroupIds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Partitions that rest on three nodes: read, written, without their leader's node, restarted, reassigned. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class RestingClusterTest {

    private static final int PARTITIONS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Map<String, String> SETTINGS =
            Map.of("partition.quiesce.ms", "500", "auto.leader.rebalance.enable", "false");

    @TempDir
    Path directory;

    @Test
    void partitionsAtRestAreReadWrittenAndOutliveTheirLeadersNode() throws Exception {
        try (LocalNodes nodes = new LocalNodes(directory, 3, SETTINGS)) {
            nodes.startAll();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", nodes.bootstrap()))) {
                create(nodes, admin, List.of(1, 2, 3));
                fill(nodes, 0, 2);
                awaitRest(admin);
                assertThat(readAll(nodes)).allMatch(values -> values.equals(List.of("v0", "v1")));
                assertThat(open(admin)).as("divisions that reading has opened").isEmpty();

                produceAndTime(nodes);
                awaitRest(admin);

                int lost = leader(admin, 0);
                nodes.stop(lost);
                fill(nodes, 3, 4);
                assertThat(readAll(nodes)).allMatch(values -> values.equals(List.of("v0", "v1", "v2", "v3")));
                nodes.start(lost);
                awaitRest(admin);
                fill(nodes, 4, 5);
            }
        }
    }

    @Test
    void comesBackAtRestAfterARestartOfAllNodesAndServes() throws Exception {
        try (LocalNodes nodes = new LocalNodes(directory, 3, SETTINGS)) {
            nodes.startAll();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", nodes.bootstrap()))) {
                create(nodes, admin, List.of(1, 2, 3));
                fill(nodes, 0, 2);
                awaitRest(admin);
            }
            nodes.stopAll();
            nodes.startAll();
            assertThat(readAll(nodes)).allMatch(values -> values.equals(List.of("v0", "v1")));
            fill(nodes, 2, 3);
            assertThat(readAll(nodes)).allMatch(values -> values.equals(List.of("v0", "v1", "v2")));
        }
    }

    @Test
    void aPartitionAtRestIsReassignedAndTrimmed() throws Exception {
        try (LocalNodes nodes = new LocalNodes(directory, 3, SETTINGS)) {
            nodes.startAll();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", nodes.bootstrap()))) {
                create(nodes, admin, List.of(1, 2));
                fill(nodes, 0, 2);
                awaitRest(admin);
                TopicPartition first = partition(0);
                admin.alterPartitionReassignments(
                                Map.of(first, Optional.of(new NewPartitionReassignment(List.of(2, 3)))))
                        .all()
                        .get();
                await().atMost(PATIENCE)
                        .until(() -> admin.listPartitionReassignments()
                                .reassignments()
                                .get()
                                .isEmpty());
                assertThat(describe(admin).partitions().getFirst().replicas().stream()
                                .map(Node::id))
                        .containsExactly(2, 3);
                awaitRest(admin);
                admin.deleteRecords(Map.of(partition(1), RecordsToDelete.beforeOffset(1)))
                        .all()
                        .get();
                assertThat(nodes.readAll(partition(1))).containsExactly("v1");
                assertThat(nodes.readAll(first)).containsExactly("v0", "v1");
            }
        }
    }

    private static void create(LocalNodes nodes, Admin admin, List<Integer> replicas) throws Exception {
        await().atMost(PATIENCE)
                .until(() -> admin.describeCluster().nodes().get().size() == 3);
        Map<Integer, List<Integer>> assignment = new HashMap<>();
        IntStream.range(0, PARTITIONS).forEach(i -> assignment.put(i, replicas));
        admin.createTopics(List.of(new NewTopic("t", assignment))).all().get();
    }

    private static void fill(LocalNodes nodes, int from, int to) throws Exception {
        for (int i = 0; i < PARTITIONS; i++) {
            nodes.produce(partition(i), from, to);
        }
    }

    /** One record for each partition, by a producer that is warm, and how long the slowest took. */
    private static void produceAndTime(LocalNodes nodes) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", nodes.bootstrap(), "acks", "all"),
                new StringSerializer(),
                new StringSerializer())) {
            producer.partitionsFor("t");
            for (int i = 0; i < PARTITIONS; i++) {
                long begun = System.nanoTime();
                producer.send(new ProducerRecord<>("t", i, "k", "v2")).get();
                System.out.println("a write to a partition at rest took "
                        + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) + " ms");
            }
        }
    }

    private static List<List<String>> readAll(LocalNodes nodes) {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(i -> nodes.readAll(partition(i)))
                .toList();
    }

    private static TopicPartition partition(int number) {
        return new TopicPartition("t", number);
    }

    private static TopicDescription describe(Admin admin) throws Exception {
        return admin.describeTopics(List.of("t")).allTopicNames().get().get("t");
    }

    private static int leader(Admin admin, int partition) throws Exception {
        return describe(admin).partitions().get(partition).leader().id();
    }

    private static void awaitRest(Admin admin) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(() -> open(admin), List::isEmpty);
    }

    /** The threads that the partitions' Raft divisions have in this process, which runs all nodes. */
    private static List<String> open(Admin admin) throws Exception {
        var id = describe(admin).topicId();
        UUID topicId = new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
        List<String> groups = IntStream.range(0, PARTITIONS)
                .mapToObj(i -> "group-"
                        + GroupIds.of(topicId, i, 0).toString().substring(24).toUpperCase(Locale.ROOT))
                .toList();
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> groups.stream().anyMatch(name::contains))
                .toList();
    }
}
