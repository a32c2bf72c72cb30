package io.barnabas.net.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Partitions that move between four nodes while records are written to them, seen through Kafka's own clients. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ReassignmentTest {

    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void aPartitionMovesWhileItIsWrittenAndLosesNothing() throws Exception {
        try (LocalNodes nodes = new LocalNodes(directory, 4);
                Admin admin = startAndCreate(nodes, List.of(1, 2, 3));
                Load load = new Load(nodes)) {
            load.await(200);
            // The leader stays or goes; then everything moves; then fewer and more replicas.
            move(admin, 4, 2, 3);
            load.await(200);
            move(admin, 1, 4);
            load.await(200);
            move(admin, 3);
            load.await(200);
            move(admin, 2, 3, 4);
            load.await(200);
            List<String> acknowledged = load.stop();
            assertThat(nodes.readAll(PARTITION))
                    .containsSubsequence(acknowledged)
                    .doesNotHaveDuplicates();
            await().atMost(PATIENCE).until(() -> replicaDirectories(nodes, 1) == 0);
            for (int id : List.of(2, 3, 4)) {
                assertThat(replicaDirectories(nodes, id)).isEqualTo(1);
            }
        }
    }

    @Test
    void aMoveWaitsForANodeThatIsDownAndCanBeCancelled() throws Exception {
        try (LocalNodes nodes = new LocalNodes(directory, 4);
                Admin admin = startAndCreate(nodes, List.of(1, 2, 3));
                Load load = new Load(nodes)) {
            load.await(100);
            nodes.stop(4);
            reassign(admin, Optional.of(List.of(4, 2, 3)));
            load.await(100);
            assertThat(admin.listPartitionReassignments()
                            .reassignments()
                            .get()
                            .get(PARTITION)
                            .addingReplicas())
                    .containsExactly(4);
            assertThat(partition(admin).isr()).extracting(Node::id).doesNotContain(4);
            reassign(admin, Optional.empty());
            awaitReplicas(admin, 1, 2, 3);
            assertThatThrownBy(() -> reassign(admin, Optional.empty()))
                    .hasCauseInstanceOf(NoReassignmentInProgressException.class);
            // Of four nodes one is down and another one leaves with a move half done; it goes on when both are back.
            reassign(admin, Optional.of(List.of(4, 2, 1)));
            nodes.start(4);
            int leader = partition(admin).leader().id();
            nodes.stop(leader);
            load.await(50);
            nodes.start(leader);
            awaitReplicas(admin, 4, 2, 1);
            List<String> acknowledged = load.stop();
            assertThat(nodes.readAll(PARTITION)).containsSubsequence(acknowledged);
        }
    }

    private static Admin startAndCreate(LocalNodes nodes, List<Integer> replicas) throws Exception {
        nodes.startAll();
        Admin admin = Admin.create(Map.of("bootstrap.servers", nodes.bootstrap()));
        await().atMost(PATIENCE)
                .until(() -> admin.describeCluster().nodes().get().size() == 4);
        admin.createTopics(List.of(new NewTopic(PARTITION.topic(), Map.of(0, replicas))))
                .all()
                .get();
        return admin;
    }

    private static void move(Admin admin, Integer... to) throws Exception {
        reassign(admin, Optional.of(List.of(to)));
        awaitReplicas(admin, to);
    }

    private static void reassign(Admin admin, Optional<List<Integer>> to) throws Exception {
        admin.alterPartitionReassignments(Map.of(PARTITION, to.map(NewPartitionReassignment::new)))
                .all()
                .get();
    }

    private static void awaitReplicas(Admin admin, Integer... replicas) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(admin.listPartitionReassignments().reassignments().get()).isEmpty();
            assertThat(partition(admin).replicas()).extracting(Node::id).containsExactly(replicas);
            assertThat(partition(admin).leader().id()).isIn((Object[]) replicas);
        });
    }

    private static TopicPartitionInfo partition(Admin admin) throws Exception {
        return admin.describeTopics(List.of(PARTITION.topic()))
                .allTopicNames()
                .get()
                .get(PARTITION.topic())
                .partitions()
                .getFirst();
    }

    private static long replicaDirectories(LocalNodes nodes, int id) throws Exception {
        Path partitions = nodes.config(id).metadataDir().resolve("partitions");
        if (!Files.exists(partitions)) {
            return 0;
        }
        try (Stream<Path> entries = Files.list(partitions)) {
            return entries.count();
        }
    }

    /** Writes one record after the other, and remembers those that were acknowledged. */
    private static final class Load implements AutoCloseable {

        private final ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final Thread writer;

        Load(LocalNodes nodes) {
            writer = Thread.ofVirtual().start(() -> write(nodes.bootstrap()));
        }

        private void write(String bootstrap) {
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", bootstrap, "acks", "all", "linger.ms", "0"),
                    new StringSerializer(),
                    new StringSerializer())) {
                for (int i = 0; !stopped.get(); i++) {
                    String value = "v" + i;
                    producer.send(new ProducerRecord<>(PARTITION.topic(), 0, "k", value), (stored, error) -> {
                        if (error == null) {
                            acknowledged.add(value);
                        }
                    });
                    if (i % 10 == 0) {
                        producer.flush();
                    }
                }
            }
        }

        /** Until so many more are acknowledged. */
        void await(int more) {
            int wanted = acknowledged.size() + more;
            org.awaitility.Awaitility.await().atMost(PATIENCE).until(() -> acknowledged.size() >= wanted);
        }

        List<String> stop() throws InterruptedException {
            close();
            List<String> all = List.copyOf(acknowledged);
            assertThat(new HashSet<>(all)).hasSameSizeAs(all);
            return all;
        }

        @Override
        public void close() throws InterruptedException {
            stopped.set(true);
            writer.join();
        }
    }
}
