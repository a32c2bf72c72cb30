package io.barnabas.metadata.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.metadata.rules.group.GroupRecord;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MetadataRulesTest {

    private static final UUID TOPIC = new UUID(1, 2);

    private MetadataImage image = MetadataImage.EMPTY;
    private long index = 100;

    private CommandReply accept(MetadataCommand command) {
        long at = ++index;
        Outcome outcome = MetadataRules.apply(image, command, at);
        assertThat(outcome).isInstanceOf(Outcome.Changed.class);
        Outcome.Changed changed = (Outcome.Changed) outcome;
        assertThat(changed.image().index()).isEqualTo(at);
        image = changed.image();
        return changed.reply();
    }

    private void refuse(Refusal reason, MetadataCommand command, String... words) {
        assertThat(MetadataRules.apply(image, command, ++index))
                .asInstanceOf(InstanceOfAssertFactories.type(Outcome.Refused.class))
                .satisfies(refused -> {
                    assertThat(refused.reason()).isEqualTo(reason);
                    assertThat(refused.message()).isNotBlank();
                    assertThat(List.of(words)).allMatch(refused.message()::contains);
                });
    }

    private static MetadataCommand.RegisterNode register(int id, int incarnation) {
        return new MetadataCommand.RegisterNode(
                "c",
                id,
                new UUID(id, incarnation),
                List.of(new Endpoint("PLAINTEXT", "host", 9092)),
                "host:1",
                "host:2",
                Optional.of("rack-" + id));
    }

    private static MetadataCommand.CreateTopic create(String name, int partitions, int replicationFactor) {
        return new MetadataCommand.CreateTopic(
                UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)),
                name,
                partitions,
                replicationFactor,
                List.of(),
                Map.of());
    }

    private static MetadataCommand.CreateTopic assign(String name, List<List<Integer>> assignments) {
        return new MetadataCommand.CreateTopic(TOPIC, name, -1, -1, assignments, Map.of());
    }

    private void cluster(int nodes) {
        accept(new MetadataCommand.InitCluster("c"));
        for (int id = 1; id <= nodes; id++) {
            accept(register(id, 1));
        }
    }

    private PartitionInfo partition(String topic, int number) {
        return image.topic(topic).orElseThrow().partitions().get(number);
    }

    @Nested
    class Cluster {

        @Test
        void isNamedOnceAndTheSameNameAgainIsFine() {
            accept(new MetadataCommand.InitCluster("c"));
            accept(new MetadataCommand.InitCluster("c"));
            assertThat(image.clusterId()).isEqualTo("c");
            refuse(Refusal.INCONSISTENT_CLUSTER_ID, new MetadataCommand.InitCluster("d"), "c", "d");
        }

        @Test
        void needsAName() {
            refuse(Refusal.INVALID_REQUEST, new MetadataCommand.InitCluster(" "));
        }
    }

    @Nested
    class Nodes {

        @Test
        void registrationTakesTheRaftIndexForAnEpoch() {
            cluster(0);
            assertThat(accept(register(1, 1))).isEqualTo(new CommandReply.NodeEpoch(index));
            NodeInfo node = image.node(1).orElseThrow();
            assertThat(node.epoch()).isEqualTo(index);
            assertThat(node.fenced()).isFalse();
            assertThat(node.rack()).hasValue("rack-1");
            assertThat(node.metadataAddress()).isEqualTo("host:1");
            assertThat(node.partitionAddress()).isEqualTo("host:2");
            assertThat(node.listeners()).containsExactly(new Endpoint("PLAINTEXT", "host", 9092));
        }

        @Test
        void theSameProcessKeepsItsEpochAndIsUnfenced() {
            cluster(1);
            long epoch = image.node(1).orElseThrow().epoch();
            accept(new MetadataCommand.FenceNode(1, epoch));
            assertThat(accept(register(1, 1))).isEqualTo(new CommandReply.NodeEpoch(epoch));
            assertThat(image.node(1).orElseThrow().fenced()).isFalse();
        }

        @Test
        void aNewProcessGetsANewEpochAndTheFormerOneIsStale() {
            cluster(1);
            long former = image.node(1).orElseThrow().epoch();
            accept(register(1, 2));
            assertThat(image.node(1).orElseThrow().epoch()).isGreaterThan(former);
            refuse(Refusal.STALE_NODE_EPOCH, new MetadataCommand.FenceNode(1, former), Long.toString(former));
            refuse(Refusal.STALE_NODE_EPOCH, new MetadataCommand.UnfenceNode(1, former));
            assertThat(image.node(1).orElseThrow().fenced()).isFalse();
        }

        @Test
        void aNodeOfAnotherClusterOrBeforeTheClusterHasANameIsRefused() {
            refuse(Refusal.INCONSISTENT_CLUSTER_ID, register(1, 1));
            accept(new MetadataCommand.InitCluster("other"));
            refuse(Refusal.INCONSISTENT_CLUSTER_ID, register(1, 1), "other");
        }

        @Test
        void fencingAndUnfencingMayBeRepeated() {
            cluster(1);
            long epoch = image.node(1).orElseThrow().epoch();
            accept(new MetadataCommand.FenceNode(1, epoch));
            accept(new MetadataCommand.FenceNode(1, epoch));
            assertThat(image.node(1).orElseThrow().fenced()).isTrue();
            accept(new MetadataCommand.UnfenceNode(1, epoch));
            accept(new MetadataCommand.UnfenceNode(1, epoch));
            assertThat(image.node(1).orElseThrow().fenced()).isFalse();
            refuse(Refusal.UNKNOWN_NODE, new MetadataCommand.FenceNode(9, 1));
            refuse(Refusal.UNKNOWN_NODE, new MetadataCommand.UnfenceNode(9, 1));
        }

        @Test
        void aNodeHasCaughtUpFromWhenItSaysSoUntilItIsFencedOrStartsAnew() {
            cluster(1);
            long epoch = image.node(1).orElseThrow().epoch();
            assertThat(image.node(1).orElseThrow().caughtUp()).isFalse();
            accept(new MetadataCommand.NodeCaughtUp(1, epoch));
            assertThat(image.node(1).orElseThrow().caughtUp()).isTrue();
            accept(new MetadataCommand.FenceNode(1, epoch));
            assertThat(image.node(1).orElseThrow().caughtUp()).isFalse();
            accept(new MetadataCommand.NodeCaughtUp(1, epoch));
            assertThat(image.node(1).orElseThrow().caughtUp())
                    .as("what it said before it was fenced")
                    .isFalse();
            accept(new MetadataCommand.UnfenceNode(1, epoch));
            assertThat(image.node(1).orElseThrow().caughtUp()).isFalse();
            accept(new MetadataCommand.NodeCaughtUp(1, epoch));
            assertThat(image.node(1).orElseThrow().caughtUp()).isTrue();
            accept(register(1, 2));
            assertThat(image.node(1).orElseThrow().caughtUp()).isFalse();
            refuse(Refusal.STALE_NODE_EPOCH, new MetadataCommand.NodeCaughtUp(1, epoch));
            refuse(Refusal.UNKNOWN_NODE, new MetadataCommand.NodeCaughtUp(9, 1));
        }

        @Test
        void onlyANodeWithoutReplicasIsUnregistered() {
            cluster(2);
            accept(assign("t", List.of(List.of(1))));
            refuse(Refusal.NODE_IN_USE, new MetadataCommand.UnregisterNode(1), "t-0");
            accept(new MetadataCommand.UnregisterNode(2));
            refuse(Refusal.UNKNOWN_NODE, new MetadataCommand.UnregisterNode(2));
            accept(new MetadataCommand.DeleteTopic(TOPIC));
            accept(new MetadataCommand.UnregisterNode(1));
            assertThat(image.nodes()).isEmpty();
        }
    }

    @Nested
    class Topics {

        @Test
        void areCreatedWithAPlacementAndWithoutLeaders() {
            cluster(3);
            MetadataCommand.CreateTopic command =
                    new MetadataCommand.CreateTopic(TOPIC, "t", 6, 3, List.of(), Map.of("k", "v"));
            CommandReply reply = accept(command);
            TopicInfo topic = image.topic("t").orElseThrow();
            assertThat(reply).isEqualTo(new CommandReply.TopicCreated(topic));
            assertThat(image.topic(TOPIC)).hasValue(topic);
            assertThat(topic.configs()).containsExactly(Map.entry("k", "v"));
            assertThat(topic.partitions()).hasSize(6).allSatisfy(partition -> {
                assertThat(partition.replicas()).containsExactlyInAnyOrder(1, 2, 3);
                assertThat(partition.leader()).isEqualTo(PartitionInfo.NO_LEADER);
                assertThat(partition.leaderEpoch()).isEqualTo(-1);
            });
            assertThat(topic.partitions()).extracting(PartitionInfo::partition).containsExactly(0, 1, 2, 3, 4, 5);
        }

        @Test
        void avoidFencedNodesAndSayHowManyNodesThereAre() {
            cluster(3);
            accept(new MetadataCommand.FenceNode(2, image.node(2).orElseThrow().epoch()));
            refuse(Refusal.INVALID_REPLICATION_FACTOR, create("t", 1, 3), "3", "2 of 3");
            accept(create("t", 10, 2));
            assertThat(image.topic("t").orElseThrow().partitions())
                    .allSatisfy(partition -> assertThat(partition.replicas()).doesNotContain(2));
        }

        @Test
        void withFlawsAreRefused() {
            cluster(3);
            accept(create("a.b", 1, 1));
            refuse(Refusal.TOPIC_ALREADY_EXISTS, create("a.b", 1, 1), "a.b");
            refuse(
                    Refusal.TOPIC_ALREADY_EXISTS,
                    new MetadataCommand.CreateTopic(
                            image.topic("a.b").orElseThrow().id(), "other", 1, 1, List.of(), Map.of()));
            refuse(Refusal.INVALID_TOPIC_NAME, create("a_b", 1, 1), "a.b", "a_b");
            refuse(Refusal.INVALID_TOPIC_NAME, create("a b", 1, 1));
            refuse(Refusal.INVALID_TOPIC_NAME, create("", 1, 1));
            refuse(Refusal.INVALID_PARTITIONS, create("t", 0, 1));
            refuse(Refusal.INVALID_PARTITIONS, create("t", -1, 1));
            refuse(Refusal.INVALID_PARTITIONS, create("t", Integer.MAX_VALUE, 1));
            refuse(Refusal.INVALID_PARTITIONS, create("t", Integer.MIN_VALUE, 1));
            refuse(Refusal.INVALID_REPLICATION_FACTOR, create("t", 1, 0));
            refuse(Refusal.INVALID_REPLICATION_FACTOR, create("t", 1, -1));
            refuse(Refusal.INVALID_REPLICATION_FACTOR, create("t", 1, 4));
            assertThat(image.topics().keySet()).containsExactly("a.b");
        }

        @Test
        void takeTheAssignmentTheyAreGiven() {
            cluster(3);
            accept(assign("t", List.of(List.of(3, 1), List.of(2, 3))));
            assertThat(partition("t", 0).replicas()).containsExactly(3, 1);
            assertThat(partition("t", 1).replicas()).containsExactly(2, 3);
        }

        @Test
        void withABadAssignmentAreRefused() {
            cluster(3);
            refuse(Refusal.INVALID_REPLICA_ASSIGNMENT, assign("t", List.of(List.of(1, 1))), "[1, 1]");
            refuse(Refusal.INVALID_REPLICA_ASSIGNMENT, assign("t", List.of(List.of())));
            refuse(Refusal.INVALID_REPLICA_ASSIGNMENT, assign("t", List.of(List.of(1), List.of(1, 2))));
            refuse(Refusal.INVALID_REPLICA_ASSIGNMENT, assign("t", List.of(List.of(9))), "9");
            refuse(Refusal.INVALID_PARTITIONS, assign("t", Collections.nCopies(100_001, List.of(1))));
        }

        @Test
        void areDeletedByIdAndMayBeCreatedAnew() {
            cluster(1);
            accept(assign("t", List.of(List.of(1))));
            accept(new MetadataCommand.DeleteTopic(TOPIC));
            assertThat(image.topic("t")).isEmpty();
            assertThat(image.topic(TOPIC)).isEmpty();
            refuse(Refusal.UNKNOWN_TOPIC, new MetadataCommand.DeleteTopic(TOPIC), TOPIC.toString());
            accept(create("t", 2, 1));
            assertThat(image.topic(TOPIC)).isEmpty();
        }
    }

    @Nested
    class MorePartitions {

        @Test
        void keepThoseThatAreThere() {
            cluster(3);
            accept(create("t", 2, 2));
            UUID id = image.topic("t").orElseThrow().id();
            accept(elected(id, 1, 2, 7));
            List<PartitionInfo> before =
                    List.copyOf(image.topic("t").orElseThrow().partitions());
            accept(new MetadataCommand.CreatePartitions("t", 5, List.of()));
            assertThat(image.topic("t").orElseThrow().partitions())
                    .hasSize(5)
                    .startsWith(before.toArray(PartitionInfo[]::new))
                    .allSatisfy(partition -> assertThat(partition.replicas()).hasSize(2))
                    .extracting(PartitionInfo::partition)
                    .containsExactly(0, 1, 2, 3, 4);
        }

        @Test
        void takeTheAssignmentTheyAreGiven() {
            cluster(3);
            accept(create("t", 1, 2));
            accept(new MetadataCommand.CreatePartitions("t", 3, List.of(List.of(3, 2), List.of(1, 2))));
            assertThat(partition("t", 1).replicas()).containsExactly(3, 2);
            assertThat(partition("t", 2).replicas()).containsExactly(1, 2);
        }

        @Test
        void areRefusedWhereTheyCannotBe() {
            cluster(3);
            accept(create("t", 3, 2));
            refuse(Refusal.UNKNOWN_TOPIC, new MetadataCommand.CreatePartitions("u", 4, List.of()));
            refuse(Refusal.INVALID_PARTITIONS, new MetadataCommand.CreatePartitions("t", 3, List.of()), "3");
            refuse(Refusal.INVALID_PARTITIONS, new MetadataCommand.CreatePartitions("t", 2, List.of()));
            refuse(Refusal.INVALID_PARTITIONS, new MetadataCommand.CreatePartitions("t", Integer.MIN_VALUE, List.of()));
            refuse(Refusal.INVALID_PARTITIONS, new MetadataCommand.CreatePartitions("t", Integer.MAX_VALUE, List.of()));
            refuse(
                    Refusal.INVALID_REPLICA_ASSIGNMENT,
                    new MetadataCommand.CreatePartitions("t", 5, List.of(List.of(1, 2))));
            refuse(
                    Refusal.INVALID_REPLICA_ASSIGNMENT,
                    new MetadataCommand.CreatePartitions("t", 4, List.of(List.of(1))));
            refuse(
                    Refusal.INVALID_REPLICA_ASSIGNMENT,
                    new MetadataCommand.CreatePartitions("t", 4, List.of(List.of(1, 9))));
            assertThat(image.topic("t").orElseThrow().partitions()).hasSize(3);
        }
    }

    @Nested
    class Configs {

        @Test
        void ofATopicAreSetAndUnsetTogether() {
            cluster(1);
            accept(create("t", 1, 1));
            ConfigResource topic = new ConfigResource.Topic("t");
            accept(new MetadataCommand.AlterConfigs(topic, Map.of("a", "1", "b", "2"), List.of()));
            accept(new MetadataCommand.AlterConfigs(topic, Map.of("c", "3"), List.of("a", "unknown")));
            assertThat(image.topic("t").orElseThrow().configs()).isEqualTo(Map.of("b", "2", "c", "3"));
            refuse(
                    Refusal.UNKNOWN_TOPIC,
                    new MetadataCommand.AlterConfigs(new ConfigResource.Topic("u"), Map.of(), List.of()));
        }

        @Test
        void ofNodesAreKeptByResource() {
            ConfigResource one = new ConfigResource.Node(1);
            ConfigResource all = new ConfigResource.AllNodes();
            accept(new MetadataCommand.AlterConfigs(one, Map.of("a", "1"), List.of()));
            accept(new MetadataCommand.AlterConfigs(all, Map.of("a", "2"), List.of()));
            assertThat(image.configs()).isEqualTo(Map.of(one, Map.of("a", "1"), all, Map.of("a", "2")));
            accept(new MetadataCommand.AlterConfigs(one, Map.of(), List.of("a")));
            assertThat(image.configs()).isEqualTo(Map.of(all, Map.of("a", "2")));
        }
    }

    @Nested
    class Leaders {

        @Test
        void areTakenFromTheNewestTermOnly() {
            cluster(3);
            accept(create("t", 2, 3));
            UUID id = image.topic("t").orElseThrow().id();
            accept(elected(id, 0, 2, 5));
            assertThat(partition("t", 0))
                    .extracting(PartitionInfo::leader, PartitionInfo::leaderEpoch)
                    .containsExactly(2, 5);
            accept(elected(id, 0, 3, 5));
            accept(elected(id, 0, 3, 4));
            assertThat(partition("t", 0).leader()).isEqualTo(2);
            accept(elected(id, 0, 3, 6));
            assertThat(partition("t", 0).leader()).isEqualTo(3);
            assertThat(partition("t", 1).leader()).isEqualTo(PartitionInfo.NO_LEADER);
        }

        @Test
        void ofUnknownPartitionsAreIgnoredAndDoNotSpoilTheRest() {
            cluster(3);
            accept(create("t", 1, 3));
            UUID id = image.topic("t").orElseThrow().id();
            accept(new MetadataCommand.LeadersElected(List.of(
                    new MetadataCommand.ElectedLeader(TOPIC, 0, 1, 1),
                    new MetadataCommand.ElectedLeader(id, 1, 1, 1),
                    new MetadataCommand.ElectedLeader(id, -1, 1, 1),
                    new MetadataCommand.ElectedLeader(id, 0, 3, 1))));
            assertThat(partition("t", 0).leader()).isEqualTo(3);
        }
    }

    @Test
    void producerIdBlocksFollowEachOther() {
        assertThat(accept(new MetadataCommand.AllocateProducerIds(1, 10)))
                .isEqualTo(new CommandReply.ProducerIds(0, 10));
        assertThat(accept(new MetadataCommand.AllocateProducerIds(2, 5)))
                .isEqualTo(new CommandReply.ProducerIds(10, 5));
        assertThat(image.nextProducerId()).isEqualTo(15);
        refuse(Refusal.INVALID_REQUEST, new MetadataCommand.AllocateProducerIds(1, 0));
        refuse(Refusal.INVALID_REQUEST, new MetadataCommand.AllocateProducerIds(1, -3));
    }

    private static MetadataCommand elected(UUID topic, int partition, int leader, int epoch) {
        return new MetadataCommand.LeadersElected(
                List.of(new MetadataCommand.ElectedLeader(topic, partition, leader, epoch)));
    }

    @Nested
    class Groups {

        private List<Integer> owners() {
            return image.coordinators().stream().map(Coordinator::nodeId).toList();
        }

        private MetadataCommand.ShardRecords records(int shard, long epoch) {
            return new MetadataCommand.ShardRecords(shard, epoch, List.of(new GroupRecord.OffsetRemoved("g", "t", 0)));
        }

        @Test
        void followTheNodes() {
            cluster(2);
            assertThat(owners()).containsOnly(1, 2);
            long epoch = image.node(2).orElseThrow().epoch();
            accept(new MetadataCommand.FenceNode(2, epoch));
            assertThat(owners()).containsOnly(1);
            accept(new MetadataCommand.UnfenceNode(2, epoch));
            assertThat(owners()).containsOnly(1, 2);
            accept(new MetadataCommand.UnregisterNode(1));
            assertThat(owners()).containsOnly(2);
        }

        @Test
        void getNewEpochsWhenTheirNodeStartsAnewAndNotWhenItRepeatsItself() {
            cluster(2);
            List<Integer> before = owners();
            accept(register(2, 1));
            assertThat(image.coordinators()).noneMatch(coordinator -> coordinator.epoch() == index);
            accept(register(2, 2));
            assertThat(owners()).isEqualTo(before);
            assertThat(image.coordinators())
                    .allMatch(coordinator -> coordinator.nodeId() != 2 || coordinator.epoch() == index);
        }

        @Test
        void refuseRecordsOfStaleEpochsAndTakeTheOthers() {
            cluster(1);
            long epoch = image.coordinators().get(3).epoch();
            accept(new MetadataCommand.RenewCoordinators(
                    1, image.node(1).orElseThrow().epoch(), List.of(4)));
            MetadataImage before = image;
            Outcome outcome = MetadataRules.apply(
                    image,
                    new MetadataCommand.AppendGroupRecords(
                            List.of(records(3, epoch), records(4, epoch), records(64, epoch), records(-1, epoch))),
                    ++index);
            assertThat(outcome)
                    .isEqualTo(new Outcome.Changed(before, new CommandReply.GroupRecordsAppended(List.of(4, 64, -1))));
        }

        @Test
        void areNotRenewedForAFormerSelf() {
            cluster(1);
            refuse(Refusal.STALE_NODE_EPOCH, new MetadataCommand.RenewCoordinators(1, 5, List.of(1)), "has epoch");
            refuse(Refusal.UNKNOWN_NODE, new MetadataCommand.RenewCoordinators(9, 5, List.of(1)), "node 9");
        }
    }
}
