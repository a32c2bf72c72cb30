package io.barnabas.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.metadata.rules.CommandReply;
import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.Refusal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who votes changes while the quorum runs; and how many must live for it to go on changes with it. */
@Timeout(120)
class VotersTest {

    private static final String CLUSTER = "test-cluster";

    @TempDir
    Path directory;

    private final ScheduledExecutorService pulse = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("pulse").factory());
    private final Map<Integer, Long> epochs = new ConcurrentHashMap<>();

    @AfterEach
    void stopHeartbeats() {
        pulse.shutdownNow();
    }

    @Test
    void aNodeThatFollowsIsGivenAVoteAndKeepsItOverARestart() throws Exception {
        try (LocalQuorum quorum = new LocalQuorum(directory, 3, 20, Duration.ofSeconds(3))) {
            begin(quorum, 4);
            done(quorum.node(4).addVoter(4));
            assertVoters(quorum.node(4), 1, 2, 3, 4);
            quorum.stop(4);
            quorum.start(4);
            assertVoters(quorum.node(4), 1, 2, 3, 4);

            int leader = quorum.leader();
            quorum.stop(leader);
            // Two of the first three are left: of four voters three must agree, so the new one's vote counts.
            int left = leader % 3 + 1;
            accept(quorum.node(left), new MetadataCommand.AllocateProducerIds(1, 1));
            quorum.stop(4);
            assertThat(quorum.node(left).propose(new MetadataCommand.AllocateProducerIds(1, 1)))
                    .failsWithin(Duration.ofSeconds(10));
            quorum.start(4);
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptions()
                    .untilAsserted(() -> accept(quorum.node(left), new MetadataCommand.AllocateProducerIds(1, 1)));
        }
    }

    @Test
    void aLeaderThatLosesItsVoteFollowsAndOutlivesTheNextOne() throws Exception {
        try (LocalQuorum quorum = new LocalQuorum(directory, 4, 1000)) {
            begin(quorum);
            int removed = quorum.leader();
            done(quorum.node(removed % 4 + 1).removeVoter(removed));
            assertThat(quorum.node(removed).status().voters())
                    .extracting(QuorumStatus.Member::nodeId)
                    .hasSize(3)
                    .doesNotContain(removed);
            assertThat(quorum.node(removed).status().observers())
                    .extracting(QuorumStatus.Member::nodeId)
                    .containsExactly(removed);

            int next = quorum.leader();
            assertThat(next).isNotEqualTo(removed);
            quorum.stop(next);
            assertThat(quorum.leader()).isNotIn(next, removed);
            accept(quorum.node(removed), topic("after", quorum.leader()));
            assertThat(quorum.node(removed).image().topic("after")).isPresent();

            done(quorum.node(removed).addVoter(removed));
            assertThat(quorum.node(removed).status().voters()).hasSize(4);
        }
    }

    @Test
    void theLeadGoesWhereItIsSent() throws Exception {
        try (LocalQuorum quorum = new LocalQuorum(directory, 3, 1000)) {
            begin(quorum);
            for (int target = 1; target <= 3; target++) {
                done(quorum.node(target % 3 + 1).transferLeadership(target));
                assertThat(quorum.leader()).isEqualTo(target);
            }
        }
    }

    @Test
    void refusesWhatWouldNotHelp() throws Exception {
        try (LocalQuorum quorum = new LocalQuorum(directory, 3, 1000)) {
            begin(quorum, 4);
            RatisMetadataQuorum node = quorum.node(1);
            assertRefused(node.addVoter(9), Refusal.UNKNOWN_NODE, "node 9 is not registered");
            assertRefused(node.addVoter(2), Refusal.DUPLICATE_VOTER, "node 2 votes");
            assertRefused(node.removeVoter(4), Refusal.VOTER_NOT_FOUND, "node 4 does not vote");
            assertRefused(node.transferLeadership(4), Refusal.VOTER_NOT_FOUND, "node 4 does not vote");

            stopAndFence(quorum, 4);
            assertRefused(node.addVoter(4), Refusal.INVALID_REQUEST, "not live");

            stopAndFence(quorum, 3);
            assertRefused(node.removeVoter(2), Refusal.INVALID_REQUEST, "of which only [1] are live");
            done(node.removeVoter(3));
            assertVoters(node, 1, 2);
        }
    }

    /** Registers the voters and more nodes, keeps them alive, and waits until the others follow. */
    private void begin(LocalQuorum quorum, int... more) throws Exception {
        quorum.leader();
        accept(quorum.node(1), new MetadataCommand.InitCluster(CLUSTER));
        for (int id : more) {
            quorum.start(id);
        }
        for (int id : quorum.ids()) {
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
            epochs.put(id, ((CommandReply.NodeEpoch) accepted.reply()).epoch());
        }
        pulse.scheduleWithFixedDelay(
                () -> epochs.forEach((id, epoch) -> {
                    RatisMetadataQuorum node = quorum.node(id);
                    if (node != null) {
                        node.heartbeat(epoch);
                    }
                }),
                0,
                300,
                TimeUnit.MILLISECONDS);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(quorum.node(1).status().observers())
                        .extracting(QuorumStatus.Member::nodeId)
                        .containsExactlyInAnyOrder(Arrays.stream(more).boxed().toArray(Integer[]::new)));
    }

    private void stopAndFence(LocalQuorum quorum, int id) throws Exception {
        long epoch = epochs.remove(id);
        quorum.stop(id);
        accept(quorum.node(1), new MetadataCommand.FenceNode(id, epoch));
    }

    private static void assertVoters(RatisMetadataQuorum node, Integer... voters) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(node.status().voters())
                        .extracting(QuorumStatus.Member::nodeId)
                        .containsExactlyInAnyOrder(voters));
    }

    private static void done(CompletableFuture<CommandResult> change) throws Exception {
        assertThat(change.get(20, TimeUnit.SECONDS)).isInstanceOf(CommandResult.Accepted.class);
    }

    private static void assertRefused(CompletableFuture<CommandResult> change, Refusal reason, String message)
            throws Exception {
        assertThat(change.get(20, TimeUnit.SECONDS)).isInstanceOfSatisfying(CommandResult.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(reason);
            assertThat(refused.message()).contains(message);
        });
    }

    private static CommandResult.Accepted accept(MetadataQuorum node, MetadataCommand command) throws Exception {
        CommandResult result = node.propose(command).get(20, TimeUnit.SECONDS);
        assertThat(result).isInstanceOf(CommandResult.Accepted.class);
        return (CommandResult.Accepted) result;
    }

    private static MetadataCommand topic(String name, int replica) {
        return new MetadataCommand.CreateTopic(UUID.randomUUID(), name, 1, 1, List.of(List.of(replica)), Map.of());
    }
}
