package io.barnabas.net.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A partition that loses two of its three replicas in a cluster of five, which goes on. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class MajorityLossTest {

    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void aPartitionComesBackFromOneReplicaAndThoseGivenUpDoNotMeddle() throws Exception {
        try (LocalNodes nodes = new LocalNodes(directory, 5)) {
            nodes.startAll();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", nodes.bootstrap()))) {
                await().atMost(PATIENCE)
                        .until(() -> admin.describeCluster().nodes().get().size() == 5);
                admin.createTopics(List.of(new NewTopic(PARTITION.topic(), Map.of(0, List.of(1, 2, 3)))))
                        .all()
                        .get();
                nodes.produce(PARTITION, 0, 50);
                assertThat(elect(admin)).containsInstanceOf(ElectionNotNeededException.class);

                nodes.stop(1);
                nodes.stop(2);
                await().atMost(PATIENCE).until(() -> elect(admin).isEmpty());
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(leader(admin)).isEqualTo(3));
                assertThat(partition(admin).replicas()).extracting(Node::id).containsExactly(3);
                nodes.produce(PARTITION, 50, 100);

                // A majority of the group of before: it would elect a leader, and overrule the third.
                nodes.start(1);
                nodes.start(2);
                await().atMost(PATIENCE).until(() -> replicaDirectories(nodes, 1) + replicaDirectories(nodes, 2) == 0);
                assertThat(leader(admin)).isEqualTo(3);
                admin.alterPartitionReassignments(
                                Map.of(PARTITION, Optional.of(new NewPartitionReassignment(List.of(1, 2, 3)))))
                        .all()
                        .get();
                await().atMost(PATIENCE)
                        .until(() -> admin.listPartitionReassignments()
                                .reassignments()
                                .get()
                                .isEmpty());
                nodes.produce(PARTITION, 100, 150);
                nodes.stop(3);
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(leader(admin)).isIn(1, 2));
                assertThat(nodes.readAll(PARTITION))
                        .hasSize(150)
                        .startsWith("v0")
                        .endsWith("v149");
            }
        }
    }

    private static Optional<Throwable> elect(Admin admin) throws Exception {
        return admin.electLeaders(ElectionType.UNCLEAN, Set.of(PARTITION))
                .partitions()
                .get()
                .get(PARTITION);
    }

    private static int leader(Admin admin) throws Exception {
        Node leader = partition(admin).leader();
        return leader == null ? Node.noNode().id() : leader.id();
    }

    private static TopicPartitionInfo partition(Admin admin) throws InterruptedException, ExecutionException {
        return admin.describeTopics(List.of(PARTITION.topic()))
                .allTopicNames()
                .get()
                .get(PARTITION.topic())
                .partitions()
                .getFirst();
    }

    private static long replicaDirectories(LocalNodes nodes, int id) throws Exception {
        try (Stream<Path> entries = Files.list(nodes.config(id).metadataDir().resolve("partitions"))) {
            return entries.count();
        }
    }
}
