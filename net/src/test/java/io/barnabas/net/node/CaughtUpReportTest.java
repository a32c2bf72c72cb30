package io.barnabas.net.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.log.LogConfig;
import io.barnabas.log.PartitionSpec;
import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.testing.FakeHost;
import io.barnabas.net.kafka.testing.FakeQuorum;
import io.barnabas.net.kafka.testing.FakeReplica;
import io.barnabas.net.node.rules.GroupIds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node is in sync when the last of its replicas is. */
class CaughtUpReportTest {

    private static final UUID INCARNATION = new UUID(1, 1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SEVERAL_LOOKS = Duration.ofMillis(700);

    @TempDir
    private Path directory;

    private final FakeQuorum quorum = new FakeQuorum();
    private final ScheduledExecutorService control = Executors.newSingleThreadScheduledExecutor();
    private FakeHost host;

    @BeforeEach
    void start() {
        host = new FakeHost(1, directory);
        quorum.apply(new MetadataCommand.InitCluster("cluster"));
        quorum.apply(new MetadataCommand.RegisterNode(
                "cluster",
                1,
                INCARNATION,
                List.of(new Endpoint("PLAINTEXT", "127.0.0.1", 9092)),
                "127.0.0.1:9093",
                "127.0.0.1:9094",
                Optional.empty()));
        quorum.apply(new MetadataCommand.CreateTopic(
                new UUID(2, 2), "orders", 2, 1, List.of(List.of(1), List.of(1)), Map.of()));
    }

    @AfterEach
    void stop() {
        control.shutdownNow();
    }

    private NodeInfo node() {
        return quorum.image().node(1).orElseThrow();
    }

    private void watch() {
        new CaughtUpReport(1, INCARNATION, quorum, host, control).start();
    }

    /** The reconciler makes a replica of each of the topic's partitions. */
    private FakeReplica open(int partition) {
        TopicInfo topic = quorum.image().topic("orders").orElseThrow();
        UUID group = GroupIds.of(topic.id(), topic.partitions().get(partition));
        host.add(new PartitionSpec(group, "orders", partition, List.of(), LogConfig.DEFAULT));
        return host.fakes().stream()
                .filter(replica -> replica.groupId().equals(group))
                .findFirst()
                .orElseThrow();
    }

    private void staysBehind() {
        await().during(SEVERAL_LOOKS).atMost(PATIENCE).until(() -> !node().caughtUp());
    }

    @Test
    void waitsForTheLastReplica() {
        open(0);
        watch();
        staysBehind();

        FakeReplica late = open(1);
        late.caughtUp(false);
        staysBehind();

        late.caughtUp(true);
        await().atMost(PATIENCE).until(() -> node().caughtUp());
    }

    @Test
    void saysItAgainAfterItWasFenced() {
        open(0);
        open(1);
        watch();
        await().atMost(PATIENCE).until(() -> node().caughtUp());

        quorum.apply(new MetadataCommand.FenceNode(1, node().epoch()));
        staysBehind();
        quorum.apply(new MetadataCommand.UnfenceNode(1, node().epoch()));

        await().atMost(PATIENCE).until(() -> node().caughtUp());
    }

    @Test
    void doesNotSpeakForAnotherProcessOfTheNode() {
        open(0);
        open(1);
        new CaughtUpReport(1, new UUID(1, 2), quorum, host, control).start();

        staysBehind();
        assertThat(node().incarnation()).isEqualTo(INCARNATION);
    }
}
