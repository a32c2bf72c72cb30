package io.barnabas.net.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.TopicConfigs;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CreateTopicsHandlerTest {

    private static final int NEWEST = ApiKeys.CREATE_TOPICS.latestVersion();

    /** Too short to wait for leaders, which nobody elects in most of these tests. */
    private static final int NO_WAIT_MS = 1;

    private final ControlledCluster cluster = new ControlledCluster(3);
    private final CreateTopicsHandler handler = new CreateTopicsHandler(cluster);
    private final Caller caller = new Caller();

    @AfterEach
    void close() {
        caller.close();
    }

    static IntStream versions() {
        return Caller.versions(ApiKeys.CREATE_TOPICS);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void everyVersionCreatesWithTheNodesDefaults(int version) throws Exception {
        CreatableTopicResult result = only(caller.call(handler, version, request(topic("orders", -1, -1))));

        assertThat(result.errorCode()).isEqualTo(Errors.NONE.code());
        TopicInfo created = cluster.topic("orders");
        assertThat(created.partitions())
                .hasSize(2)
                .allSatisfy(partition -> assertThat(partition.replicas()).hasSize(2));
        assertThat(result.topicId()).isEqualTo(version >= 7 ? Partitions.toKafka(created.id()) : Uuid.ZERO_UUID);
        assertThat(result.numPartitions()).isEqualTo(version >= 5 ? 2 : -1);
        assertThat(result.replicationFactor()).isEqualTo((short) (version >= 5 ? 2 : -1));
        assertThat(result.configs()).hasSize(version >= 5 ? TopicConfigs.names().size() : 0);
    }

    @Test
    void echoesTheConfigsSetAndWhereTheOthersComeFrom() throws Exception {
        ControlledCluster explicit = new ControlledCluster(1, Map.of("log.segment.bytes", "2097152"));
        CreatableTopic topic = topic("orders", 1, 1);
        topic.configs().add(new CreatableTopicConfig().setName("segment.ms").setValue("60000"));

        CreatableTopicResult result = only(caller.call(new CreateTopicsHandler(explicit), NEWEST, request(topic)));

        assertThat(explicit.topic("orders").configs()).isEqualTo(Map.of("segment.ms", "60000"));
        assertThat(result.configs())
                .extracting(
                        CreatableTopicConfigs::name, CreatableTopicConfigs::value, CreatableTopicConfigs::configSource)
                .contains(
                        tuple("segment.ms", "60000", (byte) 1),
                        tuple("segment.bytes", "2097152", (byte) 4),
                        tuple("max.message.bytes", "1048588", (byte) 5));
    }

    @Test
    void takesAManualAssignment() throws Exception {
        CreatableTopicResult result =
                only(caller.call(handler, NEWEST, request(assigned("orders", List.of(3, 1), List.of(2, 3)))));
        assertThat(result.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(result.numPartitions()).isEqualTo(2);
        assertThat(cluster.topic("orders").partitions())
                .extracting(PartitionInfo::replicas)
                .containsExactly(List.of(3, 1), List.of(2, 3));
    }

    @Test
    void refusesABadAssignment() throws Exception {
        CreatableTopic gap = topic("gap", -1, -1);
        gap.assignments().add(assignment(0, List.of(1)));
        gap.assignments().add(assignment(2, List.of(2)));
        CreatableTopic doubled = topic("doubled", -1, -1);
        doubled.assignments().add(assignment(0, List.of(1)));
        doubled.assignments().add(assignment(0, List.of(2)));
        CreatableTopic both = assigned("both", List.of(1)).setNumPartitions(1).setReplicationFactor((short) 1);

        assertRefused(gap, Errors.INVALID_REPLICA_ASSIGNMENT, "without gaps");
        assertRefused(doubled, Errors.INVALID_REPLICA_ASSIGNMENT, "without gaps");
        assertRefused(both, Errors.INVALID_REQUEST, "either");
        assertRefused(assigned("twice", List.of(1, 1)), Errors.INVALID_REPLICA_ASSIGNMENT, "twice");
        assertRefused(assigned("uneven", List.of(1), List.of(1, 2)), Errors.INVALID_REPLICA_ASSIGNMENT, "same number");
        assertRefused(assigned("unknown", List.of(9)), Errors.INVALID_REPLICA_ASSIGNMENT, "node 9");
        assertRefused(assigned("empty", List.of()), Errors.INVALID_REPLICA_ASSIGNMENT, "empty");
        assertThat(cluster.image().topics()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "orders,     0,  1, INVALID_PARTITIONS",
        "orders,    -2,  1, INVALID_PARTITIONS",
        "orders,     1,  0, INVALID_REPLICATION_FACTOR",
        "orders,     1,  4, INVALID_REPLICATION_FACTOR",
        "no blanks,  1,  1, INVALID_TOPIC_EXCEPTION",
        "..,         1,  1, INVALID_TOPIC_EXCEPTION",
        "taken,      1,  1, TOPIC_ALREADY_EXISTS",
    })
    void refusesWhatTheQuorumRefuses(String name, int partitions, int replicationFactor, Errors error)
            throws Exception {
        cluster.ledTopic("taken", 1, 1);
        assertRefused(topic(name, partitions, replicationFactor), error, "");
    }

    @Test
    void refusesConfigsThatAreUnknownOrWrong() throws Exception {
        assertRefused(configured("a", "flux.capacity", "1"), Errors.INVALID_CONFIG, "flux.capacity");
        assertRefused(configured("b", "segment.ms", null), Errors.INVALID_CONFIG, "segment.ms");
        assertRefused(configured("c", "segment.ms", "soon"), Errors.INVALID_CONFIG, "segment.ms");
        assertRefused(configured("d", "cleanup.policy", "shred"), Errors.INVALID_CONFIG, "cleanup.policy");
        assertThat(cluster.image().topics()).isEmpty();
    }

    @Test
    void oneBadTopicDoesNotHoldUpTheOthers() throws Exception {
        CreateTopicsRequestData request = request(topic("good", 1, 1), topic("bad", 1, 9));
        CreateTopicsResponseData response = caller.call(handler, NEWEST, request);
        assertThat(response.topics().find("good").errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(response.topics().find("bad").errorCode()).isEqualTo(Errors.INVALID_REPLICATION_FACTOR.code());
    }

    @Test
    void refusesATopicNamedTwice() throws Exception {
        CreateTopicsRequestData request = request(topic("twice", 1, 1), topic("twice", 2, 1), topic("once", 1, 1));
        CreateTopicsResponseData response = caller.call(handler, NEWEST, request);
        assertThat(response.topics()).hasSize(2);
        assertThat(response.topics().find("twice").errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(cluster.image().topics()).containsOnlyKeys("once");
    }

    @Test
    void validateOnlyChangesNothing() throws Exception {
        CreateTopicsRequestData request =
                request(topic("good", 3, 2), topic("bad", 1, 9)).setValidateOnly(true);
        CreateTopicsResponseData response = caller.call(handler, NEWEST, request);
        CreatableTopicResult good = response.topics().find("good");
        assertThat(good.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(good.numPartitions()).isEqualTo(3);
        assertThat(good.topicId()).isEqualTo(Uuid.ZERO_UUID);
        assertThat(response.topics().find("bad").errorCode()).isEqualTo(Errors.INVALID_REPLICATION_FACTOR.code());
        assertThat(cluster.image().topics()).isEmpty();
    }

    @Test
    void answersOnceEveryPartitionIsLed() throws Exception {
        CompletableFuture<CreateTopicsResponseData> answer =
                caller.send(handler, NEWEST, request(topic("orders", 5, 3)).setTimeoutMs(60_000));
        await().until(() -> cluster.image().topic("orders").isPresent());
        assertThat(answer).isNotDone();
        cluster.electAll();
        assertThat(only(answer.get(5, TimeUnit.SECONDS)).errorCode()).isEqualTo(Errors.NONE.code());
    }

    @Test
    void answersBeforeTheClientGivesUpOnLeaders() throws Exception {
        CreateTopicsRequestData request = request(topic("orders", 1, 1)).setTimeoutMs(200);
        CompletableFuture<CreateTopicsResponseData> answer = caller.send(handler, NEWEST, request);
        assertThat(only(answer.get(5, TimeUnit.SECONDS)).errorCode()).isEqualTo(Errors.NONE.code());
    }

    @Test
    void saysWhenTheQuorumIsAway() throws Exception {
        cluster.quorum().available(false);
        assertRefused(topic("orders", 1, 1), Errors.REQUEST_TIMED_OUT, "no majority; the change may");
    }

    private void assertRefused(CreatableTopic topic, Errors error, String message) throws Exception {
        CreatableTopicResult result = only(caller.call(handler, NEWEST, request(topic)));
        assertThat(Errors.forCode(result.errorCode())).as(result.errorMessage()).isEqualTo(error);
        assertThat(result.errorMessage()).contains(message);
    }

    private static CreateTopicsRequestData request(CreatableTopic... topics) {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(NO_WAIT_MS);
        List.of(topics).forEach((Consumer<CreatableTopic>) request.topics()::add);
        return request;
    }

    private static CreatableTopic topic(String name, int partitions, int replicationFactor) {
        return new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short)
                replicationFactor);
    }

    private static CreatableTopic configured(String name, String key, String value) {
        CreatableTopic topic = topic(name, 1, 1);
        topic.configs().add(new CreatableTopicConfig().setName(key).setValue(value));
        return topic;
    }

    @SafeVarargs
    private static CreatableTopic assigned(String name, List<Integer>... replicas) {
        CreatableTopic topic = topic(name, -1, -1);
        for (int partition = 0; partition < replicas.length; partition++) {
            topic.assignments().add(assignment(partition, replicas[partition]));
        }
        return topic;
    }

    private static CreatableReplicaAssignment assignment(int partition, List<Integer> replicas) {
        return new CreatableReplicaAssignment().setPartitionIndex(partition).setBrokerIds(replicas);
    }

    private static CreatableTopicResult only(CreateTopicsResponseData response) {
        assertThat(response.topics()).hasSize(1);
        return response.topics().iterator().next();
    }
}
