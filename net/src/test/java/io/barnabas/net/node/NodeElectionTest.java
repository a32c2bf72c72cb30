package io.barnabas.net.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Leads that move between three nodes, by request, by themselves, and away from a drained node. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class NodeElectionTest {

    private static final String TOPIC = "orders";
    private static final List<Integer> ORDER = List.of(2, 3, 1);
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    Path directory;

    @Test
    void leadsGoWhereTheyAreWantedAndStayAwayFromADrainedNode() throws Exception {
        try (LocalNodes nodes = new LocalNodes(directory, 3, Map.of("auto.leader.rebalance.enable", "false"));
                Admin admin = startAndCreate(nodes)) {
            setDrained(admin, 2, AlterConfigOp.OpType.SET);
            await().atMost(PATIENCE).until(() -> leaders(admin).stream().noneMatch(id -> id == 2));
            setDrained(admin, 2, AlterConfigOp.OpType.DELETE);

            Set<TopicPartition> all =
                    Set.of(new TopicPartition(TOPIC, 0), new TopicPartition(TOPIC, 1), new TopicPartition(TOPIC, 2));
            await().atMost(PATIENCE)
                    .until(() -> admin.electLeaders(ElectionType.PREFERRED, all).partitions().get().values().stream()
                            .allMatch(error -> error.isEmpty() || error.get() instanceof ElectionNotNeededException));
            assertThat(leaders(admin)).containsOnly(2);
        }
    }

    @Test
    void leadsGoBackToThePreferredReplicaByThemselves() throws Exception {
        try (LocalNodes nodes = new LocalNodes(directory, 3, Map.of("leader.imbalance.check.interval.seconds", "1"));
                Admin admin = startAndCreate(nodes)) {
            await().atMost(PATIENCE).until(() -> leaders(admin).stream().allMatch(id -> id == 2));
            nodes.stop(2);
            await().atMost(PATIENCE).until(() -> leaders(admin).stream().noneMatch(id -> id == 2 || id < 0));
            nodes.start(2);
            await().atMost(PATIENCE).until(() -> leaders(admin).stream().allMatch(id -> id == 2));
        }
    }

    private static Admin startAndCreate(LocalNodes nodes) throws Exception {
        nodes.startAll();
        Admin admin = Admin.create(Map.of("bootstrap.servers", nodes.bootstrap()));
        await().atMost(PATIENCE)
                .until(() -> admin.describeCluster().nodes().get().size() == 3);
        admin.createTopics(List.of(new NewTopic(TOPIC, Map.of(0, ORDER, 1, ORDER, 2, ORDER))))
                .all()
                .get();
        return admin;
    }

    private static void setDrained(Admin admin, int node, AlterConfigOp.OpType operation) throws Exception {
        Collection<AlterConfigOp> change =
                List.of(new AlterConfigOp(new ConfigEntry("node.drained", "true"), operation));
        admin.incrementalAlterConfigs(
                        Map.of(new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(node)), change))
                .all()
                .get();
    }

    private static List<Integer> leaders(Admin admin) throws Exception {
        return admin.describeTopics(List.of(TOPIC)).allTopicNames().get().get(TOPIC).partitions().stream()
                .map(TopicPartitionInfo::leader)
                .map(leader -> leader == null ? Node.noNode().id() : leader.id())
                .toList();
    }
}
