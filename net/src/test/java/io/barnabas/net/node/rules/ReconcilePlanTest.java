package io.barnabas.net.node.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.LogConfig;
import io.barnabas.log.PartitionSpec;
import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.MetadataRules;
import io.barnabas.metadata.rules.Outcome;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.node.rules.ReconcilePlan.Action;
import io.barnabas.net.node.rules.ReconcilePlan.Local;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReconcilePlanTest {

    private static final String CLUSTER = "tcOIcZVMSYCXMLVqFAqtSA";
    private static final UUID TOPIC = UUID.fromString("01234567-89ab-4def-8123-456789abcdef");
    private static final UUID FIRST = GroupIds.of(TOPIC, 0, 0);
    private static final UUID SECOND = GroupIds.of(TOPIC, 1, 0);
    private static final UUID STRAY = UUID.fromString("ffffffff-ffff-4fff-8fff-ffff00000000");
    private static final Local NOTHING = local(Set.of(), Map.of());

    private MetadataImage image = MetadataImage.EMPTY;
    private long index;

    @Test
    void nothingIsDoneBeforeTheImageShowsThisProcess() {
        cluster(3);
        createTopic();
        Local local = local(Set.of(STRAY), Map.of());
        assertThat(ReconcilePlan.of(image, 1, UUID.randomUUID(), local, topic -> LogConfig.DEFAULT)
                        .actions())
                .as("an earlier run of the same node is registered")
                .isEmpty();
        assertThat(ReconcilePlan.of(MetadataImage.EMPTY, 1, incarnation(1), local, topic -> LogConfig.DEFAULT)
                        .actions())
                .isEmpty();
        assertThat(plan(1, local)).contains(new Action.Remove(STRAY));
    }

    @Test
    void aNewTopicsReplicasAreAddedWithAllPeersInPlacementOrder() {
        cluster(3);
        createTopic();
        assertThat(plan(1, NOTHING))
                .containsExactlyInAnyOrder(new Action.Add(spec(0, 1, 2), true), new Action.Add(spec(1, 3, 1), true));
        assertThat(plan(2, NOTHING)).containsExactly(new Action.Add(spec(0, 1, 2), true));
        assertThat(plan(3, NOTHING)).containsExactly(new Action.Add(spec(1, 3, 1), true));
    }

    @Test
    void aReplicaOpenedFromDiskIsToldItsSettingsOnce() {
        cluster(3);
        createTopic();
        Local opened = local(Set.of(FIRST), Map.of());
        assertThat(plan(2, opened)).containsExactly(new Action.Add(spec(0, 1, 2), false));
        assertThat(plan(2, local(Set.of(FIRST), Map.of(FIRST, spec(0, 1, 2))))).isEmpty();
    }

    @Test
    void aReplicaThatStoppedRunningIsAddedAgain() {
        cluster(3);
        createTopic();
        assertThat(plan(2, local(Set.of(), Map.of(FIRST, spec(0, 1, 2)))))
                .containsExactly(new Action.Add(spec(0, 1, 2), false));
    }

    @Test
    void changedSettingsConfigureARunningReplica() {
        cluster(3);
        createTopic();
        LogConfig larger = LogConfig.DEFAULT.withMaxMessageBytes(2_000_000);
        Local local = local(Set.of(FIRST), Map.of(FIRST, spec(0, 1, 2)));
        List<Action> actions = ReconcilePlan.of(image, 2, incarnation(2), local, topic -> larger)
                .actions();
        assertThat(actions)
                .containsExactly(new Action.Configure(
                        new PartitionSpec(FIRST, "orders", 0, spec(0, 1, 2).peers(), larger)));
    }

    @Test
    void aDeletedTopicsReplicasAreRemovedAndOthersStay() {
        cluster(3);
        createTopic();
        MetadataImage before = image;
        apply(new MetadataCommand.DeleteTopic(TOPIC));
        Local local = local(Set.of(FIRST, SECOND), Map.of(FIRST, spec(0, 1, 2)));
        assertThat(plan(1, local)).containsExactlyInAnyOrder(new Action.Remove(FIRST), new Action.Remove(SECOND));
        image = before;
        assertThat(plan(1, local)).containsExactly(new Action.Add(spec(1, 3, 1), false));
    }

    @Test
    void aReplicaThatIsToGoOnAloneTakesOverItsFilesAndTheOthersGo() {
        cluster(3);
        createTopic();
        apply(new MetadataCommand.FenceNode(1, image.node(1).orElseThrow().epoch()));
        apply(new MetadataCommand.RecoverPartition(TOPIC, 0, 2));
        UUID again = GroupIds.of(TOPIC, 0, 1);
        PartitionSpec alone = new PartitionSpec(
                again, "orders", 0, List.of(new PartitionSpec.Peer(2, "node2:9193")), LogConfig.DEFAULT);
        Local before = local(Set.of(FIRST), Map.of(FIRST, spec(0, 1, 2)));
        assertThat(plan(2, before)).containsExactly(new Action.Recover(alone, FIRST, -1));
        assertThat(plan(2, NOTHING)).containsExactly(new Action.Recover(alone, FIRST, -1));
        assertThat(plan(2, local(Set.of(again), Map.of(again, alone)))).isEmpty();
        assertThat(plan(2, local(Set.of(again, FIRST), Map.of(again, alone))))
                .containsExactly(new Action.Remove(FIRST));
        assertThat(plan(1, before)).contains(new Action.Remove(FIRST));
    }

    @Test
    void aReplicaThatJoinsBeginsWithoutPeersUntilItsMoveIsDone() {
        cluster(4);
        createTopic();
        apply(new MetadataCommand.ReassignPartition(TOPIC, 0, List.of(4, 2), false));
        Action.Add added = (Action.Add) plan(4, NOTHING).getFirst();
        assertThat(added.spec().joining()).isTrue();
        assertThat(added.spec().peers()).extracting(PartitionSpec.Peer::nodeId).containsExactly(4, 2, 1);
        assertThat(plan(2, local(Set.of(FIRST), Map.of(FIRST, spec(0, 1, 2)))))
                .as("those who were members are told nothing new")
                .isEmpty();
        long since = image.topic(TOPIC)
                .orElseThrow()
                .partitions()
                .getFirst()
                .reassignment()
                .orElseThrow()
                .since();
        apply(new MetadataCommand.ReassignmentsFinished(
                List.of(new MetadataCommand.FinishedReassignment(TOPIC, 0, since))));
        Local joined = local(Set.of(FIRST), Map.of(FIRST, added.spec()));
        assertThat(plan(4, joined)).containsExactly(new Action.Configure(spec(0, 4, 2)));
        assertThat(plan(1, local(Set.of(FIRST, SECOND), Map.of(FIRST, spec(0, 1, 2), SECOND, spec(1, 3, 1)))))
                .containsExactly(new Action.Remove(FIRST));
    }

    @Test
    void settingsAreResolvedOnlyForTopicsThatHaveAReplicaHere() {
        cluster(4);
        createTopic();
        List<Action> actions = ReconcilePlan.of(image, 4, incarnation(4), NOTHING, topic -> {
                    throw new IllegalStateException("not asked for");
                })
                .actions();
        assertThat(actions).isEmpty();
    }

    @Test
    void aReplicaIsNewbornOnlyWhenNoEarlierProcessOfItsNodeCanHaveRunIt() {
        cluster(4);
        assertThat(ReconcilePlan.groups(image, 1, UUID.randomUUID())).isEmpty();
        assertThat(ReconcilePlan.groups(image, 1, incarnation(1))).contains(Set.of());
        createTopic();
        assertThat(ReconcilePlan.groups(image, 1, incarnation(1))).contains(Set.of(FIRST, SECOND));
        assertThat(ReconcilePlan.groups(image, 4, incarnation(4))).contains(Set.of());
        assertThat(newborn(plan(1, new Local(Set.of(), Map.of(), Set.of(SECOND)))))
                .as("created after and before this process began")
                .isEqualTo(Map.of(FIRST, true, SECOND, false));
        assertThat(newborn(plan(1, local(Set.of(FIRST, SECOND), Map.of()))))
                .as("opened from disk")
                .isEqualTo(Map.of(FIRST, false, SECOND, false));
        assertThat(newborn(plan(1, local(Set.of(), Map.of(FIRST, spec(0, 1, 2))))))
                .as("one ran before")
                .isEqualTo(Map.of(FIRST, false, SECOND, true));
        apply(new MetadataCommand.ReassignPartition(TOPIC, 0, List.of(4, 2), false));
        assertThat(newborn(plan(4, NOTHING))).as("it joins others").isEqualTo(Map.of(FIRST, false));
    }

    private static Map<UUID, Boolean> newborn(List<Action> actions) {
        return actions.stream().collect(Collectors.toMap(Action::groupId, action -> ((Action.Add) action).newborn()));
    }

    private static Local local(Set<UUID> running, Map<UUID, PartitionSpec> configured) {
        return new Local(running, configured, Set.of());
    }

    private List<Action> plan(int nodeId, Local local) {
        return ReconcilePlan.of(image, nodeId, incarnation(nodeId), local, ReconcilePlanTest::config)
                .actions();
    }

    private static LogConfig config(TopicInfo topic) {
        return topic.name().equals("orders") ? LogConfig.DEFAULT : LogConfig.DEFAULT.withMaxMessageBytes(1);
    }

    private static PartitionSpec spec(int partition, int... replicas) {
        List<PartitionSpec.Peer> peers = Arrays.stream(replicas)
                .mapToObj(id -> new PartitionSpec.Peer(id, "node" + id + ":9193"))
                .toList();
        return new PartitionSpec(GroupIds.of(TOPIC, partition, 0), "orders", partition, peers, LogConfig.DEFAULT);
    }

    private void cluster(int nodes) {
        apply(new MetadataCommand.InitCluster(CLUSTER));
        for (int id = 1; id <= nodes; id++) {
            apply(new MetadataCommand.RegisterNode(
                    CLUSTER,
                    id,
                    incarnation(id),
                    List.of(new Endpoint("PLAINTEXT", "node" + id, 9092)),
                    "node" + id + ":9192",
                    "node" + id + ":9193",
                    Optional.empty()));
        }
    }

    private void createTopic() {
        apply(new MetadataCommand.CreateTopic(TOPIC, "orders", 2, 2, List.of(List.of(1, 2), List.of(3, 1)), Map.of()));
    }

    private void apply(MetadataCommand command) {
        Outcome outcome = MetadataRules.apply(image, command, index++);
        assertThat(outcome).isInstanceOf(Outcome.Changed.class);
        image = ((Outcome.Changed) outcome).image();
    }

    private static UUID incarnation(int nodeId) {
        return new UUID(0x4000, nodeId);
    }
}
