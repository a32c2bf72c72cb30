package io.barnabas.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.metadata.rules.CommandReply;
import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.ConfigResource;
import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MetadataQuorumTest {

    private static final String CLUSTER = "test-cluster";

    @TempDir
    Path directory;

    @Test
    void proposalsFromAnyNodeReachAllAndOutliveTheLeader() throws Exception {
        try (LocalQuorum quorum = new LocalQuorum(directory, 3, 1000)) {
            int leader = quorum.leader();
            MetadataQuorum follower = quorum.node(leader % 3 + 1);
            accept(follower, new MetadataCommand.InitCluster(CLUSTER));
            assertThat(follower.image().clusterId()).isEqualTo(CLUSTER);
            for (int id = 1; id <= 3; id++) {
                register(quorum, id);
            }
            CommandResult.Accepted created = accept(follower, topic("t", List.of(1, 2, 3)));
            assertThat(created.reply()).isInstanceOf(CommandReply.TopicCreated.class);
            assertThat(follower.image().topic("t")).isPresent();

            quorum.stop(leader);
            assertThat(quorum.leader()).isNotEqualTo(leader);
            assertThat(follower.propose(topic("t", List.of(1))).get(20, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            CommandResult.Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Refusal.TOPIC_ALREADY_EXISTS));
            accept(follower, topic("u", List.of(1)));

            MetadataQuorum back = quorum.start(leader);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> assertThat(back.image().topics().keySet()).containsExactly("t", "u"));
            assertThat(back.image()).isEqualTo(follower.image());
        }
    }

    @Test
    void subscribersSeeEveryImageInOrder() throws Exception {
        try (LocalQuorum quorum = new LocalQuorum(directory, 1, 1000)) {
            quorum.leader();
            MetadataQuorum node = quorum.node(1);
            List<Long> indexes = new CopyOnWriteArrayList<>();
            try (MetadataQuorum.Subscription subscription = node.subscribe(image -> indexes.add(image.index()))) {
                accept(node, new MetadataCommand.InitCluster(CLUSTER));
                for (int i = 0; i < 20; i++) {
                    accept(node, new MetadataCommand.AllocateProducerIds(1, 10));
                }
                await().untilAsserted(
                                () -> assertThat(indexes).hasSize(22).isSorted().startsWith(-1L));
            }
        }
    }

    @Test
    void producerIdsOfAllNodesNeverOverlap() throws Exception {
        try (LocalQuorum quorum = new LocalQuorum(directory, 3, 1000)) {
            quorum.leader();
            long[] seen = new long[30];
            for (int i = 0; i < 30; i++) {
                CommandResult.Accepted block =
                        accept(quorum.node(i % 3 + 1), new MetadataCommand.AllocateProducerIds(i % 3 + 1, 100));
                seen[i] = ((CommandReply.ProducerIds) block.reply()).first();
            }
            assertThat(seen).doesNotHaveDuplicates().isSorted();
            assertThat(seen[29]).isGreaterThanOrEqualTo(2_900);
        }
    }

    @Test
    void restartsFromASnapshotWithAPurgedLog() throws Exception {
        try (LocalQuorum quorum = new LocalQuorum(directory, 3, 20)) {
            quorum.leader();
            accept(quorum.node(1), new MetadataCommand.InitCluster(CLUSTER));
            for (int id = 1; id <= 3; id++) {
                register(quorum, id);
            }
            for (int i = 0; i < 100; i++) {
                accept(quorum.node(1), topic("topic-" + i, List.of(1, 2, 3)));
            }
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> !logFiles(quorum.storage(1)).contains("log_0-") && hasSnapshot(quorum.storage(1)));
            MetadataImage before = quorum.node(1).image();
            quorum.ids().forEach(quorum::stop);
            for (int id = 1; id <= 3; id++) {
                quorum.start(id);
            }
            quorum.leader();
            for (int id : quorum.ids()) {
                MetadataQuorum node = quorum.node(id);
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThat(node.image().topics()).isEqualTo(before.topics()));
            }
        }
    }

    @Test
    void aNodeThatDoesNotVoteFollowsFromASnapshotAndIsFencedWhenSilent() throws Exception {
        try (LocalQuorum quorum = new LocalQuorum(directory, 3, 20)) {
            quorum.leader();
            accept(quorum.node(1), new MetadataCommand.InitCluster(CLUSTER));
            for (int i = 0; i < 100; i++) {
                accept(
                        quorum.node(1),
                        new MetadataCommand.AlterConfigs(
                                new ConfigResource.AllNodes(), Map.of("k", "v" + i), List.of()));
            }
            await().atMost(Duration.ofSeconds(10)).until(() -> hasSnapshot(quorum.storage(quorum.leader())));
            MetadataQuorum listener = quorum.start(4);
            long epoch = register(quorum, 4);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(listener.image().configs())
                            .isEqualTo(quorum.node(1).image().configs()));
            accept(listener, topic("t", List.of(4)));
            assertThat(listener.image().topic("t")).isPresent();
            await().untilAsserted(() -> assertThat(
                            quorum.node(quorum.leader()).status().observers())
                    .extracting(QuorumStatus.Member::nodeId)
                    .containsExactly(4));

            assertThat(listener.heartbeat(epoch).get(10, TimeUnit.SECONDS)).isTrue();
            assertThat(listener.heartbeat(epoch + 1).get(10, TimeUnit.SECONDS)).isFalse();
            await().atMost(Duration.ofSeconds(15)).until(() -> fenced(listener, 4));
            await().atMost(Duration.ofSeconds(15)).until(() -> {
                listener.heartbeat(epoch).get(10, TimeUnit.SECONDS);
                return !fenced(listener, 4);
            });

            accept(
                    quorum.node(1),
                    new MetadataCommand.DeleteTopic(
                            listener.image().topic("t").orElseThrow().id()));
            accept(quorum.node(1), new MetadataCommand.UnregisterNode(4));
            await().atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> assertThat(
                                    quorum.node(quorum.leader()).status().observers())
                            .isEmpty());
        }
    }

    @Test
    void aNodeCutOffFromTheMajoritySaysSoAndGoesOnAfterwards() throws Exception {
        try (LocalQuorum quorum = new LocalQuorum(directory, 3, 1000, Duration.ofMillis(1500))) {
            quorum.leader();
            MetadataQuorum alone = quorum.node(1);
            accept(alone, new MetadataCommand.InitCluster(CLUSTER));
            quorum.stop(2);
            quorum.stop(3);
            for (int i = 0; i < 2; i++) {
                assertThat(alone.propose(new MetadataCommand.AllocateProducerIds(1, 1)))
                        .failsWithin(Duration.ofSeconds(10))
                        .withThrowableOfType(ExecutionException.class)
                        .withCauseInstanceOf(MetadataUnavailableException.class)
                        .withMessageContaining("no majority");
            }
            assertThat(alone.heartbeat(1)).failsWithin(Duration.ofSeconds(10));
            quorum.start(2);
            quorum.start(3);
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(accept(alone, new MetadataCommand.AllocateProducerIds(1, 1)))
                            .isNotNull());
        }
    }

    @Test
    void aLeaderThatResignsIsFollowedByAnother() throws Exception {
        try (LocalQuorum quorum = new LocalQuorum(directory, 3, 1000)) {
            int leader = quorum.leader();
            accept(quorum.node(leader), new MetadataCommand.InitCluster(CLUSTER));
            quorum.node(leader).resignLeadership().get(5, TimeUnit.SECONDS);
            await().atMost(Duration.ofSeconds(10)).until(() -> quorum.leader() != leader);
            accept(quorum.node(leader), new MetadataCommand.AllocateProducerIds(1, 1));
        }
    }

    @Test
    void whatACrashLeavesBesideASnapshotDoesNoHarm() throws Exception {
        try (LocalQuorum quorum = new LocalQuorum(directory, 1, 20)) {
            quorum.leader();
            accept(quorum.node(1), new MetadataCommand.InitCluster(CLUSTER));
            for (int i = 0; i < 50; i++) {
                accept(quorum.node(1), new MetadataCommand.AllocateProducerIds(1, 1));
            }
            await().atMost(Duration.ofSeconds(10)).until(() -> hasSnapshot(quorum.storage(1)));
            MetadataImage before = quorum.node(1).image();
            quorum.stop(1);
            Path snapshots = snapshot(quorum.storage(1)).getParent();
            Files.writeString(snapshots.resolve("snapshot.tmp"), "half a snaps");
            Files.writeString(
                    snapshots.resolve("snapshot.9_999999.md5"), "0123456789abcdef0123456789abcdef *snapshot.9_999999");
            MetadataQuorum back = quorum.start(1);
            quorum.leader();
            await().untilAsserted(() -> assertThat(back.image()).isEqualTo(before));
            for (int i = 0; i < 50; i++) {
                accept(back, new MetadataCommand.AllocateProducerIds(1, 1));
            }
            assertThat(back.image().nextProducerId()).isEqualTo(100);
        }
    }

    private static Path snapshot(Path storage) throws Exception {
        try (Stream<Path> files = Files.walk(storage)) {
            return files.filter(file -> file.getFileName().toString().matches("snapshot\\.\\d+_\\d+"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static boolean fenced(MetadataQuorum node, int id) {
        return node.image().node(id).orElseThrow().fenced();
    }

    private static List<String> logFiles(Path storage) throws Exception {
        try (Stream<Path> files = Files.walk(storage)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static boolean hasSnapshot(Path storage) throws Exception {
        return logFiles(storage).stream().anyMatch(name -> name.matches("snapshot\\.\\d+_\\d+"));
    }

    private static CommandResult.Accepted accept(MetadataQuorum node, MetadataCommand command) throws Exception {
        CommandResult result = node.propose(command).get(20, TimeUnit.SECONDS);
        assertThat(result).isInstanceOf(CommandResult.Accepted.class);
        return (CommandResult.Accepted) result;
    }

    private static long register(LocalQuorum quorum, int id) throws Exception {
        CommandResult.Accepted accepted = accept(
                quorum.node(id),
                new MetadataCommand.RegisterNode(
                        CLUSTER,
                        id,
                        UUID.randomUUID(),
                        List.of(new Endpoint("PLAINTEXT", "127.0.0.1", 9092)),
                        quorum.address(id),
                        "127.0.0.1:1",
                        Optional.empty()));
        return ((CommandReply.NodeEpoch) accepted.reply()).epoch();
    }

    /** With its replicas given: nodes that do not send heartbeats are fenced in the middle of a test. */
    private static MetadataCommand topic(String name, List<Integer> replicas) {
        return new MetadataCommand.CreateTopic(UUID.randomUUID(), name, 1, 1, List.of(replicas), Map.of());
    }
}
