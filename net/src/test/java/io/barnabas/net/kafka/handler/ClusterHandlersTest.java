package io.barnabas.net.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.barnabas.log.PartitionReplica.Acks;
import io.barnabas.metadata.QuorumStatus;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.client.ReplicaCondition;
import io.barnabas.net.kafka.testing.FakeBroker;
import io.barnabas.net.kafka.testing.Requests;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopicCollection;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What tells about the cluster as a whole: nodes, quorum, partitions in pages, disks, coordinators. */
class ClusterHandlersTest {

    private static final byte CONTROLLERS = 2;

    private final ControlledCluster cluster = new ControlledCluster(3);
    private final Caller caller = new Caller();

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        caller.close();
    }

    static IntStream clusterVersions() {
        return Caller.versions(ApiKeys.DESCRIBE_CLUSTER);
    }

    static IntStream quorumVersions() {
        return Caller.versions(ApiKeys.DESCRIBE_QUORUM);
    }

    static IntStream logDirVersions() {
        return Caller.versions(ApiKeys.DESCRIBE_LOG_DIRS);
    }

    static Stream<Arguments> coordinators() {
        return Caller.versions(ApiKeys.FIND_COORDINATOR)
                .boxed()
                .filter(version -> version > 0)
                .flatMap(version -> Stream.of(
                        Arguments.of(version, 1, Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, "transactional.id"),
                        Arguments.of(version, 2, Errors.UNSUPPORTED_VERSION, "share groups")));
    }

    @ParameterizedTest
    @MethodSource("clusterVersions")
    void everyVersionDescribesTheLiveNodes(int version) throws Exception {
        cluster.fence(3);
        DescribeClusterResponseData response =
                caller.call(new DescribeClusterHandler(cluster), version, new DescribeClusterRequestData());
        assertThat(response.clusterId()).isEqualTo(ControlledCluster.CLUSTER_ID);
        assertThat(response.controllerId()).isEqualTo(1);
        assertThat(response.brokers())
                .extracting(
                        DescribeClusterBroker::brokerId,
                        DescribeClusterBroker::host,
                        DescribeClusterBroker::port,
                        DescribeClusterBroker::rack)
                .containsExactly(tuple(1, "in1", 9001, "rack1"), tuple(2, "in2", 9002, "rack2"));
    }

    @Test
    void showsFencedNodesToThoseWhoAsk() throws Exception {
        cluster.fence(3);
        assertThat(caller.call(
                                new DescribeClusterHandler(cluster),
                                2,
                                new DescribeClusterRequestData().setIncludeFencedBrokers(true))
                        .brokers())
                .extracting(DescribeClusterBroker::brokerId, DescribeClusterBroker::isFenced)
                .containsExactly(tuple(1, false), tuple(2, false), tuple(3, true));
    }

    @Test
    void hasNoControllerEndpoints() throws Exception {
        assertThat(endpoints(CONTROLLERS).errorCode()).isEqualTo(Errors.MISMATCHED_ENDPOINT_TYPE.code());
        assertThat(endpoints((byte) 9).errorCode()).isEqualTo(Errors.UNSUPPORTED_ENDPOINT_TYPE.code());
    }

    private DescribeClusterResponseData endpoints(byte type) throws Exception {
        return caller.call(
                new DescribeClusterHandler(cluster), 1, new DescribeClusterRequestData().setEndpointType(type));
    }

    @Test
    void pagesThroughAllPartitions() throws Exception {
        cluster.ledTopic("a", 3, 1);
        cluster.ledTopic("b", 1, 1);
        TopicInfo c = cluster.ledTopic("c", 4, 2);
        DescribeTopicPartitionsHandler handler = new DescribeTopicPartitionsHandler(cluster);
        List<String> seen = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        Cursor cursor = null;
        do {
            DescribeTopicPartitionsResponseData page = caller.call(
                    handler,
                    0,
                    new DescribeTopicPartitionsRequestData()
                            .setResponsePartitionLimit(3)
                            .setCursor(cursor));
            int size = 0;
            for (DescribeTopicPartitionsResponseTopic topic : page.topics()) {
                topic.partitions().forEach(partition -> seen.add(topic.name() + partition.partitionIndex()));
                size += topic.partitions().size();
            }
            sizes.add(size);
            cursor = page.nextCursor() == null
                    ? null
                    : new Cursor()
                            .setTopicName(page.nextCursor().topicName())
                            .setPartitionIndex(page.nextCursor().partitionIndex());
        } while (cursor != null);
        assertThat(seen).containsExactly("a0", "a1", "a2", "b0", "c0", "c1", "c2", "c3");
        assertThat(sizes).containsExactly(3, 3, 2);

        DescribeTopicPartitionsResponseTopic described =
                partitions("c", 2_000, null).topics().find("c");
        assertThat(described.topicId()).isEqualTo(Partitions.toKafka(c.id()));
        DescribeTopicPartitionsResponsePartition first = described.partitions().getFirst();
        List<Integer> replicas = c.partitions().getFirst().replicas();
        assertThat(first.leaderId()).isEqualTo(replicas.getFirst());
        assertThat(first.replicaNodes()).isEqualTo(replicas);
        assertThat(first.isrNodes()).isEqualTo(replicas);
    }

    @Test
    void takesAnyCursor() throws Exception {
        cluster.ledTopic("a", 3, 1);
        for (int partition : new int[] {Integer.MIN_VALUE, -1, 0}) {
            assertThat(partitions("a", 9, cursor("a", partition))
                            .topics()
                            .find("a")
                            .partitions())
                    .hasSize(3);
        }
        for (int partition : new int[] {3, Integer.MAX_VALUE}) {
            DescribeTopicPartitionsResponseData response = partitions("a", 9, cursor("a", partition));
            assertThat(response.topics().find("a").partitions()).isEmpty();
            assertThat(response.nextCursor()).isNull();
        }
        assertThat(partitions("a", 9, cursor("b", 0)).topics()).isEmpty();
        assertThat(partitions("a", -7, null).topics().find("a").partitions()).hasSize(1);
        assertThat(partitions("missing", 9, null).topics().find("missing").errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    private static Cursor cursor(String topic, int partition) {
        return new Cursor().setTopicName(topic).setPartitionIndex(partition);
    }

    private DescribeTopicPartitionsResponseData partitions(String topic, int limit, Cursor cursor) throws Exception {
        return caller.call(
                new DescribeTopicPartitionsHandler(cluster),
                0,
                new DescribeTopicPartitionsRequestData()
                        .setTopics(List.of(new TopicRequest().setName(topic)))
                        .setResponsePartitionLimit(limit)
                        .setCursor(cursor));
    }

    @ParameterizedTest
    @MethodSource("quorumVersions")
    void everyVersionDescribesTheQuorum(int version) throws Exception {
        cluster.quorum()
                .status(new QuorumStatus(
                        2,
                        5,
                        40,
                        List.of(new QuorumStatus.Member(1, 40, 1000), new QuorumStatus.Member(2, 41, 1001)),
                        List.of(new QuorumStatus.Member(3, 7, 900))));

        DescribeQuorumResponseData response = describeQuorum(version, "__cluster_metadata", 0);

        PartitionData quorum = response.topics().getFirst().partitions().getFirst();
        assertThat(quorum.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(quorum.leaderId()).isEqualTo(2);
        assertThat(quorum.leaderEpoch()).isEqualTo(5);
        assertThat(quorum.highWatermark()).isEqualTo(40);
        assertThat(quorum.currentVoters())
                .extracting(ReplicaState::replicaId, ReplicaState::logEndOffset, ReplicaState::lastCaughtUpTimestamp)
                .containsExactly(tuple(1, 40L, version >= 1 ? 1000L : -1), tuple(2, 41L, version >= 1 ? 1001L : -1));
        assertThat(quorum.observers())
                .extracting(ReplicaState::replicaId, ReplicaState::lastFetchTimestamp)
                .containsExactly(tuple(3, version >= 1 ? 900L : -1));
        assertThat(quorum.observers().getFirst().lastCaughtUpTimestamp())
                .as("a member that lags is not caught up")
                .isEqualTo(-1);
        assertThat(response.nodes()).hasSize(version >= 2 ? 3 : 0);
        if (version >= 2) {
            assertThat(response.nodes().find(3).listeners().find("RAFT").port()).isEqualTo(8003);
            assertThat(response.nodes().find(3).listeners().find("RAFT").host()).isEqualTo("raft3");
        }
    }

    @Test
    void knowsNoOtherQuorum() throws Exception {
        assertThat(describeQuorum(2, "orders", 0)
                        .topics()
                        .getFirst()
                        .partitions()
                        .getFirst()
                        .errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(describeQuorum(2, "__cluster_metadata", 1)
                        .topics()
                        .getFirst()
                        .partitions()
                        .getFirst()
                        .errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    private DescribeQuorumResponseData describeQuorum(int version, String topic, int partition) throws Exception {
        return caller.call(
                new DescribeQuorumHandler(cluster),
                version,
                new DescribeQuorumRequestData()
                        .setTopics(List.of(new DescribeQuorumRequestData.TopicData()
                                .setTopicName(topic)
                                .setPartitions(List.of(
                                        new DescribeQuorumRequestData.PartitionData().setPartitionIndex(partition))))));
    }

    @ParameterizedTest
    @MethodSource("logDirVersions")
    void everyVersionDescribesTheDisk(int version) throws Exception {
        try (FakeBroker broker = new FakeBroker(directory)) {
            broker.createTopic("orders", 2);
            broker.createTopic("other", 1);
            DescribeLogDirsHandler handler = new DescribeLogDirsHandler(broker);

            DescribeLogDirsResult all = logDir(handler, version, null);
            assertThat(all.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(all.logDir()).isEqualTo(directory.toString());
            assertThat(all.topics()).hasSize(2);
            assertThat(all.totalBytes())
                    .satisfies(bytes -> assertThat(bytes > 0).isEqualTo(version >= 4));
            assertThat(all.usableBytes()).isLessThanOrEqualTo(all.totalBytes());

            DescribableLogDirTopicCollection wanted = new DescribableLogDirTopicCollection();
            wanted.add(new DescribableLogDirTopic().setTopic("orders").setPartitions(List.of(1, 5)));
            wanted.add(new DescribableLogDirTopic().setTopic("missing").setPartitions(List.of(0)));
            DescribeLogDirsResult some = logDir(handler, version, wanted);
            assertThat(some.topics()).hasSize(1);
            assertThat(some.topics().getFirst().partitions())
                    .extracting(DescribeLogDirsPartition::partitionIndex, DescribeLogDirsPartition::offsetLag)
                    .containsExactly(tuple(1, 0L));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void everyVersionMovesReplicasOrSaysWhyNot(int version) throws Exception {
        try (FakeBroker broker = new FakeBroker(directory)) {
            broker.createTopic("orders", 2);
            broker.createTopicElsewhere("other", 2);
            AlterReplicaLogDirsHandler handler = new AlterReplicaLogDirsHandler(broker);
            AlterReplicaLogDirsRequestData request = new AlterReplicaLogDirsRequestData();
            move(request, directory.toString(), "orders", 0, 9);
            move(request, directory.toString(), "other", 0);
            move(request, directory.toString(), "missing", 0);
            move(request, "/not/there", "orders", 1);
            move(request, broker.partitions().offlineDirectory().toString(), "orders", 1);

            assertThat(caller.call(handler, version, request).results().stream()
                            .flatMap(topic -> topic.partitions().stream()
                                    .map(result -> topic.topicName() + " " + result.partitionIndex() + " "
                                            + Errors.forCode(result.errorCode()))))
                    .containsExactly(
                            "orders 0 NONE",
                            "orders 9 UNKNOWN_TOPIC_OR_PARTITION",
                            "orders 1 LOG_DIR_NOT_FOUND",
                            "orders 1 KAFKA_STORAGE_ERROR",
                            "other 0 REPLICA_NOT_AVAILABLE",
                            "missing 0 UNKNOWN_TOPIC_OR_PARTITION");
        }
    }

    private static void move(AlterReplicaLogDirsRequestData request, String path, String topic, Integer... partitions) {
        AlterReplicaLogDirsRequestData.AlterReplicaLogDir directory =
                request.dirs().find(path);
        if (directory == null) {
            directory = new AlterReplicaLogDirsRequestData.AlterReplicaLogDir().setPath(path);
            request.dirs().add(directory);
        }
        directory
                .topics()
                .add(new AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic()
                        .setName(topic)
                        .setPartitions(List.of(partitions)));
    }

    @Test
    void aReplicaThatMovesStandsInItsNewDirectoryTooAndAnOfflineOneIsSaid() throws Exception {
        try (FakeBroker broker = new FakeBroker(directory)) {
            broker.createTopic("orders", 1);
            broker.partitions().moving(broker.fake("orders", 0).groupId());
            List<DescribeLogDirsResult> results = caller.call(
                            new DescribeLogDirsHandler(broker), 4, new DescribeLogDirsRequestData().setTopics(null))
                    .results();
            assertThat(results)
                    .extracting(result -> Errors.forCode(result.errorCode()))
                    .containsExactly(Errors.NONE, Errors.KAFKA_STORAGE_ERROR);
            assertThat(results.getFirst().topics().getFirst().partitions())
                    .extracting(DescribeLogDirsPartition::isFutureKey, DescribeLogDirsPartition::partitionSize)
                    .containsExactly(tuple(false, 0L), tuple(true, 77L));
        }
    }

    @Test
    void aReplicaSaysWhereItsLogEnds() throws Exception {
        try (FakeBroker broker = new FakeBroker(directory)) {
            broker.createTopic("orders", 2);
            broker.fake("orders", 1)
                    .append(Requests.batch(3).buffer(), Acks.LEADER)
                    .get(10, TimeUnit.SECONDS);
            List<DescribeLogDirsPartition> described = logDir(new DescribeLogDirsHandler(broker), 4, null)
                    .topics()
                    .getFirst()
                    .partitions();
            assertThat(described)
                    .extracting(partition -> ReplicaCondition.of(partition).end())
                    .containsExactlyInAnyOrder(Optional.empty(), Optional.of(new ReplicaCondition.End(1, 3)));
        }
    }

    private DescribeLogDirsResult logDir(
            DescribeLogDirsHandler handler, int version, DescribableLogDirTopicCollection topics) throws Exception {
        return caller.call(handler, version, new DescribeLogDirsRequestData().setTopics(topics))
                .results()
                .getFirst();
    }

    @ParameterizedTest
    @MethodSource("coordinators")
    void everyVersionSaysThatTransactionsHaveNoCoordinator(int version, int type, Errors error, String message)
            throws Exception {
        FindCoordinatorRequestData request = new FindCoordinatorRequestData().setKeyType((byte) type);
        if (version >= 4) {
            request.setCoordinatorKeys(List.of("one", "two"));
        } else {
            request.setKey("one");
        }
        FindCoordinatorResponseData response = caller.call(new FindCoordinatorHandler(cluster), version, request);
        if (version >= 4) {
            assertThat(response.coordinators())
                    .extracting(Coordinator::key, Coordinator::errorCode, Coordinator::nodeId)
                    .containsExactly(tuple("one", error.code(), -1), tuple("two", error.code(), -1));
            assertThat(response.coordinators())
                    .allSatisfy(none -> assertThat(none.errorMessage()).contains(message));
        } else {
            assertThat(response.errorCode()).isEqualTo(error.code());
            assertThat(response.nodeId()).isEqualTo(-1);
        }
    }

    @Test
    void forgetsANodeThatHoldsNothing() throws Exception {
        cluster.ledTopic("orders", 3, 3);
        assertThat(unregister(3).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(unregister(3).errorMessage()).contains("replica");
        assertThat(unregister(9).errorCode()).isEqualTo(Errors.BROKER_ID_NOT_REGISTERED.code());

        ControlledCluster empty = new ControlledCluster(3);
        assertThat(caller.call(new UnregisterBrokerHandler(empty), 0, new UnregisterBrokerRequestData().setBrokerId(3))
                        .errorCode())
                .isEqualTo(Errors.NONE.code());
        assertThat(empty.image().nodes()).containsOnlyKeys(1, 2);
    }

    private UnregisterBrokerResponseData unregister(int node) throws Exception {
        return caller.call(
                new UnregisterBrokerHandler(cluster), 0, new UnregisterBrokerRequestData().setBrokerId(node));
    }
}
