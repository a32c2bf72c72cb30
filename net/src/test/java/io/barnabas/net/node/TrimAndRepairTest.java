package io.barnabas.net.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.barnabas.net.client.KafkaConnection;
import io.barnabas.net.client.ReplicaCondition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes whose logs are trimmed and damaged, seen through Kafka's own clients. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class TrimAndRepairTest {

    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void recordsAreDeletedAndADamagedReplicaIsRepaired() throws Exception {
        try (LocalNodes nodes = new LocalNodes(directory, 3);
                Admin admin = startAndConnect(nodes)) {
            admin.createTopics(
                            List.of(new NewTopic(PARTITION.topic(), 1, (short) 3).configs(Map.of("segment.ms", "20"))))
                    .all()
                    .get();
            nodes.produce(PARTITION, 0, 300);

            assertThatThrownBy(() -> deleteBelow(admin, 301))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(OffsetOutOfRangeException.class);
            assertThat(deleteBelow(admin, 100)).isEqualTo(100);
            assertThat(admin.listOffsets(Map.of(PARTITION, OffsetSpec.earliest()))
                            .partitionResult(PARTITION)
                            .get()
                            .offset())
                    .isEqualTo(100);
            assertThat(nodes.readAll(PARTITION)).hasSize(200).startsWith("v100").endsWith("v299");

            int leader = admin.describeTopics(List.of(PARTITION.topic()))
                    .topicNameValues()
                    .get(PARTITION.topic())
                    .get()
                    .partitions()
                    .getFirst()
                    .leader()
                    .id();
            int follower = leader % 3 + 1;
            nodes.stop(follower);
            removeSegment(nodes, follower);
            nodes.start(follower);
            await().atMost(PATIENCE)
                    .until(() -> condition(nodes, follower)
                            .flatMap(ReplicaCondition::failure)
                            .isPresent());
            nodes.produce(PARTITION, 300, 320);

            TopicPartitionReplica broken =
                    new TopicPartitionReplica(PARTITION.topic(), PARTITION.partition(), follower);
            String logDir = nodes.config(follower).logDirs().getFirst().toString();
            admin.alterReplicaLogDirs(Map.of(broken, logDir)).all().get();
            await().atMost(PATIENCE)
                    .until(() -> condition(nodes, follower)
                            .filter(well ->
                                    well.failure().isEmpty() && well.copy().isEmpty())
                            .isPresent());
            nodes.produce(PARTITION, 320, 330);

            // With the third replica away, what is acknowledged is on the repaired one.
            nodes.stop(6 - leader - follower);
            nodes.produce(PARTITION, 330, 340);
            assertThat(nodes.readAll(PARTITION)).hasSize(240).startsWith("v100").endsWith("v339");
        }
    }

    private static Admin startAndConnect(LocalNodes nodes) {
        nodes.startAll();
        return Admin.create(Map.of("bootstrap.servers", nodes.bootstrap()));
    }

    private static long deleteBelow(Admin admin, long offset) throws Exception {
        return admin.deleteRecords(Map.of(PARTITION, RecordsToDelete.beforeOffset(offset)))
                .lowWatermarks()
                .get(PARTITION)
                .get()
                .lowWatermark();
    }

    /** Takes a segment from the middle of a stopped node's log. */
    private static void removeSegment(LocalNodes nodes, int node) throws IOException {
        Path data = nodes.config(node).logDirs().getFirst();
        try (Stream<Path> files = Files.walk(data.resolve("partitions"))) {
            List<Path> segments = files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
            Files.delete(segments.get(segments.size() / 2));
        }
    }

    private static Optional<ReplicaCondition> condition(LocalNodes nodes, int node) {
        HostPort address = nodes.config(node).listeners().getFirst().address();
        try (KafkaConnection connection =
                new KafkaConnection(address.host(), address.port(), "test", Duration.ofSeconds(5))) {
            return connection
                    .call(
                            ApiKeys.DESCRIBE_LOG_DIRS,
                            (short) 4,
                            new DescribeLogDirsRequestData().setTopics(null),
                            DescribeLogDirsResponseData.class)
                    .results()
                    .stream()
                    .flatMap(results -> results.topics().stream())
                    .flatMap(topic -> topic.partitions().stream())
                    .map(ReplicaCondition::of)
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
