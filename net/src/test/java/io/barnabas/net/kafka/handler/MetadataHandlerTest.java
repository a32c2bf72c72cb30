package io.barnabas.net.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.DropConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;

class MetadataHandlerTest {

    private static final int NEWEST = ApiKeys.METADATA.latestVersion();

    private final ControlledCluster cluster = new ControlledCluster(3);
    private final MetadataHandler handler = new MetadataHandler(cluster);
    private final Caller caller = new Caller();

    @AfterEach
    void close() {
        caller.close();
    }

    static IntStream versions() {
        return Caller.versions(ApiKeys.METADATA);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void everyVersionShowsNodesTopicsAndLeaders(int version) throws Exception {
        TopicInfo topic = cluster.ledTopic("orders", 2, 3);

        MetadataResponseData all = caller.call(handler, version, wantAll(version));

        assertThat(all.brokers())
                .extracting(
                        MetadataResponseBroker::nodeId,
                        MetadataResponseBroker::host,
                        MetadataResponseBroker::port,
                        MetadataResponseBroker::rack)
                .containsExactly(
                        tuple(1, "in1", 9001, version >= 1 ? "rack1" : null),
                        tuple(2, "in2", 9002, version >= 1 ? "rack2" : null),
                        tuple(3, "in3", 9003, version >= 1 ? "rack3" : null));
        assertThat(all.clusterId()).isEqualTo(version >= 2 ? ControlledCluster.CLUSTER_ID : null);
        assertThat(all.controllerId()).isEqualTo(version >= 1 ? 1 : -1);
        MetadataResponseTopic orders = only(all);
        assertThat(orders.name()).isEqualTo("orders");
        assertThat(orders.topicId()).isEqualTo(version >= 10 ? Partitions.toKafka(topic.id()) : Uuid.ZERO_UUID);
        assertThat(orders.partitions()).hasSize(2);
        for (MetadataResponsePartition partition : orders.partitions()) {
            List<Integer> replicas =
                    topic.partitions().get(partition.partitionIndex()).replicas();
            assertThat(partition.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(partition.leaderId()).isEqualTo(replicas.getFirst());
            assertThat(partition.leaderEpoch()).isEqualTo(version >= 7 ? 1 : -1);
            assertThat(partition.replicaNodes()).isEqualTo(replicas);
            assertThat(partition.isrNodes()).isEqualTo(replicas);
        }
    }

    @Test
    void aNodeThatIsCutOffSendsOneWhoAsksAgainElsewhere() throws Exception {
        cluster.ledTopic("orders", 1, 1);
        cluster.cutOff();
        assertThat(caller.call(handler, NEWEST, wantAll(NEWEST)).topics()).hasSize(1);
        assertThat(caller.send(handler, NEWEST, wantAll(NEWEST)))
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withCauseInstanceOf(DropConnectionException.class);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void everyVersionFindsATopicByName(int version) throws Exception {
        cluster.ledTopic("orders", 1, 1);
        cluster.ledTopic("other", 1, 1);
        assertThat(only(caller.call(handler, version, named(version, false, "orders")))
                        .name())
                .isEqualTo("orders");
    }

    @Test
    void anEmptyListMeansNothingFromVersionOneOn() throws Exception {
        cluster.ledTopic("orders", 1, 1);
        assertThat(caller.call(handler, 1, new MetadataRequestData()).topics()).isEmpty();
        assertThat(caller.call(handler, NEWEST, new MetadataRequestData()).topics())
                .isEmpty();
    }

    @ParameterizedTest
    @NullAndEmptySource
    void findsTopicsById(String name) throws Exception {
        TopicInfo topic = cluster.ledTopic("orders", 1, 1);
        MetadataResponseTopic found = only(caller.call(handler, 12, withId(name, Partitions.toKafka(topic.id()))));
        assertThat(found.name()).isEqualTo("orders");

        Uuid unknown = Uuid.randomUuid();
        MetadataResponseTopic missing = only(caller.call(handler, NEWEST, withId(name, unknown)));
        assertThat(missing.errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
        assertThat(missing.topicId()).isEqualTo(unknown);
        assertThat(missing.name()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"10,", "11,", "10, ''", "11, ''"})
    void versionsThatCannotAnswerIdsRefuseThem(int version, String name) throws Exception {
        MetadataResponseTopic refused = only(caller.call(handler, version, withId(name, Uuid.randomUuid())));
        assertThat(refused.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @Test
    void refusesATopicWithNeitherNameNorId() throws Exception {
        assertThat(only(caller.call(handler, NEWEST, withId(null, Uuid.ZERO_UUID)))
                        .errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @Test
    void endpointsAreThoseOfTheClientsListenerOrTheFirst() throws Exception {
        try (Caller external = new Caller("EXTERNAL");
                Caller stranger = new Caller("NEW")) {
            assertThat(external.call(handler, NEWEST, new MetadataRequestData())
                            .brokers()
                            .find(2)
                            .host())
                    .isEqualTo("out2");
            assertThat(stranger.call(handler, NEWEST, new MetadataRequestData())
                            .brokers()
                            .find(2)
                            .host())
                    .isEqualTo("in2");
        }
    }

    @Test
    void aFencedNodeIsOfferedToNobody() throws Exception {
        TopicInfo topic = cluster.ledTopic("orders", 3, 2);
        cluster.fence(1);

        MetadataResponseData response = caller.call(handler, NEWEST, wantAll(NEWEST));

        assertThat(response.brokers())
                .extracting(MetadataResponseBroker::nodeId)
                .containsExactly(2, 3);
        assertThat(response.controllerId()).isEqualTo(2);
        for (MetadataResponsePartition partition : only(response).partitions()) {
            List<Integer> replicas =
                    topic.partitions().get(partition.partitionIndex()).replicas();
            boolean led = replicas.getFirst() != 1;
            assertThat(partition.errorCode()).isEqualTo(led ? Errors.NONE.code() : Errors.LEADER_NOT_AVAILABLE.code());
            assertThat(partition.leaderId()).isEqualTo(led ? replicas.getFirst() : -1);
            assertThat(partition.isrNodes()).doesNotContain(1);
            assertThat(partition.offlineReplicas()).isEqualTo(replicas.contains(1) ? List.of(1) : List.of());
        }
    }

    @Test
    void replicasOfANodeThatIsBackAreInSyncWhenItHasCaughtUp() throws Exception {
        TopicInfo topic = cluster.ledTopic("orders", 1, 3);
        List<Integer> replicas = topic.partitions().getFirst().replicas();
        int leader = replicas.getFirst();
        int back = replicas.getLast();
        cluster.fence(back);
        cluster.unfence(back);

        assertThat(only(caller.call(handler, NEWEST, wantAll(NEWEST)))
                        .partitions()
                        .getFirst()
                        .isrNodes())
                .contains(leader)
                .doesNotContain(back);

        cluster.catchUp(back);

        assertThat(only(caller.call(handler, NEWEST, wantAll(NEWEST)))
                        .partitions()
                        .getFirst()
                        .isrNodes())
                .containsExactlyElementsOf(replicas);
    }

    @Test
    void aPartitionThatWasNeverLedHasNoLeader() throws Exception {
        cluster.leaderlessTopic("orders", 1, 1);
        MetadataResponsePartition partition =
                only(caller.call(handler, NEWEST, wantAll(NEWEST))).partitions().getFirst();
        assertThat(partition.errorCode()).isEqualTo(Errors.LEADER_NOT_AVAILABLE.code());
        assertThat(partition.leaderId()).isEqualTo(-1);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void createsAMissingTopicWhenNodeAndClientAgree(int version) throws Exception {
        CompletableFuture<MetadataResponseData> answer =
                caller.send(handler, version, named(version, true, "fresh-" + version));
        await().until(() -> cluster.image().topic("fresh-" + version).isPresent());
        assertThat(answer).isNotDone();
        cluster.electAll();
        MetadataResponseTopic created = only(answer.get(5, TimeUnit.SECONDS));
        assertThat(created.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(created.partitions()).hasSize(2).allSatisfy(partition -> {
            assertThat(partition.replicaNodes()).hasSize(2);
            assertThat(partition.errorCode()).isEqualTo(Errors.NONE.code());
        });
    }

    @Test
    void createsNothingWhenTheClientDeclinesOrTheNodeForbids() throws Exception {
        assertThat(only(caller.call(handler, 4, named(4, false, "fresh"))).errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        ControlledCluster strict = new ControlledCluster(3, Map.of("auto.create.topics.enable", "false"));
        for (int version : new int[] {0, 3, NEWEST}) {
            assertThat(only(caller.call(new MetadataHandler(strict), version, named(version, true, "fresh")))
                            .errorCode())
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
        assertThat(cluster.image().topics()).isEmpty();
        assertThat(strict.image().topics()).isEmpty();
    }

    @Test
    void saysWhyATopicCannotBeCreated() throws Exception {
        ControlledCluster small = new ControlledCluster(1, Map.of("default.replication.factor", "3"));
        assertThat(only(caller.call(new MetadataHandler(small), NEWEST, named(NEWEST, true, "fresh")))
                        .errorCode())
                .isEqualTo(Errors.INVALID_REPLICATION_FACTOR.code());
        assertThat(only(caller.call(handler, NEWEST, named(NEWEST, true, "no spaces")))
                        .errorCode())
                .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
        assertThat(cluster.image().topics()).isEmpty();
    }

    @Test
    void aClientAsksAgainWhileTheQuorumIsAway() throws Exception {
        cluster.quorum().available(false);
        assertThat(only(caller.call(handler, NEWEST, named(NEWEST, true, "fresh")))
                        .errorCode())
                .isEqualTo(Errors.LEADER_NOT_AVAILABLE.code());
    }

    @Test
    void aNewTopicMayBeAskedForTwice() throws Exception {
        CompletableFuture<MetadataResponseData> answer =
                caller.send(handler, NEWEST, named(NEWEST, true, "fresh", "fresh"));
        await().until(() -> cluster.image().topic("fresh").isPresent());
        cluster.electAll();
        assertThat(answer.get(5, TimeUnit.SECONDS).topics()).hasSize(2);
        assertThat(cluster.image().topics()).hasSize(1);
    }

    private static MetadataRequestData wantAll(int version) {
        return new MetadataRequestData().setTopics(version == 0 ? List.of() : null);
    }

    private static MetadataRequestData named(int version, boolean create, String... names) {
        return new MetadataRequestData()
                .setAllowAutoTopicCreation(version < 4 || create)
                .setTopics(List.of(names).stream()
                        .map(name -> new MetadataRequestTopic().setName(name))
                        .toList());
    }

    private static MetadataRequestData withId(String name, Uuid id) {
        return new MetadataRequestData()
                .setTopics(List.of(new MetadataRequestTopic().setName(name).setTopicId(id)));
    }

    private static MetadataResponseTopic only(MetadataResponseData response) {
        assertThat(response.topics()).hasSize(1);
        return response.topics().iterator().next();
    }
}
