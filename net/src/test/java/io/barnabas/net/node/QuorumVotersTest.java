package io.barnabas.net.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replaces a voter of a cluster that runs. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class QuorumVotersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    Path directory;

    @Test
    void aFourthNodeTakesTheVoteOfOneThatIsGone() throws Exception {
        Map<String, String> oneReplica = Map.of("default.replication.factor", "1");
        try (LocalNodes nodes = new LocalNodes(directory, 4, 3, oneReplica)) {
            nodes.startAll();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", nodes.bootstrap()))) {
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(quorum(admin).observers())
                                .extracting(QuorumInfo.ReplicaState::replicaId)
                                .containsExactly(4));
                admin.addRaftVoter(4, Uuid.ZERO_UUID, Set.of()).all().get();
                assertVoters(admin, 1, 2, 3, 4);

                nodes.stop(1);
                create(admin, "without-one");
                admin.removeRaftVoter(1, Uuid.ZERO_UUID).all().get();
                assertVoters(admin, 2, 3, 4);
                admin.unregisterBroker(1).all().get();
                assertThatThrownBy(() -> admin.unregisterBroker(2).all().get())
                        .hasMessageContaining("votes in the metadata quorum");

                // Of three voters two are left, and one of them is not in anybody's quorum.voters.
                nodes.stop(2);
                create(admin, "without-two");
                nodes.stopAll();
                nodes.start(3, 4);
                create(admin, "after-a-restart");
                assertVoters(admin, 2, 3, 4);
                assertThat(admin.listTopics().names().get()).contains("without-one", "without-two", "after-a-restart");
            }
        }
    }

    private static QuorumInfo quorum(Admin admin) throws Exception {
        return admin.describeMetadataQuorum().quorumInfo().get();
    }

    private static void assertVoters(Admin admin, Integer... voters) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(quorum(admin).voters())
                        .extracting(QuorumInfo.ReplicaState::replicaId)
                        .containsExactlyInAnyOrder(voters));
    }

    /** Nodes that are gone are offered no replicas once they are fenced. */
    private static void create(Admin admin, String topic) {
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            if (!admin.listTopics().names().get().contains(topic)) {
                admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                        .all()
                        .get();
            }
        });
    }
}
