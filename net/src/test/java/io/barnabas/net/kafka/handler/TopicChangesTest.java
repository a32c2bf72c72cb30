package io.barnabas.net.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.TopicInfo;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** DeleteTopics and CreatePartitions. */
class TopicChangesTest {

    private static final int NEWEST_DELETE = ApiKeys.DELETE_TOPICS.latestVersion();
    private static final int NEWEST_CREATE = ApiKeys.CREATE_PARTITIONS.latestVersion();

    private final ControlledCluster cluster = new ControlledCluster(3);
    private final DeleteTopicsHandler deletion = new DeleteTopicsHandler(cluster);
    private final CreatePartitionsHandler growth = new CreatePartitionsHandler(cluster);
    private final Caller caller = new Caller();

    @AfterEach
    void close() {
        caller.close();
    }

    static IntStream deleteVersions() {
        return Caller.versions(ApiKeys.DELETE_TOPICS);
    }

    static IntStream createVersions() {
        return Caller.versions(ApiKeys.CREATE_PARTITIONS);
    }

    @ParameterizedTest
    @MethodSource("deleteVersions")
    void everyVersionDeletesByName(int version) throws Exception {
        cluster.ledTopic("orders", 1, 1);
        cluster.ledTopic("kept", 1, 1);
        DeleteTopicsRequestData request = version >= 6
                ? new DeleteTopicsRequestData()
                        .setTopics(List.of(
                                new DeleteTopicState().setName("orders"), new DeleteTopicState().setName("missing")))
                : new DeleteTopicsRequestData().setTopicNames(List.of("orders", "missing"));

        DeleteTopicsResponseData response = caller.call(deletion, version, request);

        assertThat(response.responses())
                .extracting(DeletableTopicResult::name, DeletableTopicResult::errorCode)
                .containsExactly(
                        tuple("orders", Errors.NONE.code()),
                        tuple("missing", Errors.UNKNOWN_TOPIC_OR_PARTITION.code()));
        assertThat(cluster.image().topics()).containsOnlyKeys("kept");
    }

    @Test
    void deletesByIdAndNeverItsSuccessor() throws Exception {
        TopicInfo first = cluster.ledTopic("orders", 1, 1);
        DeleteTopicState byId = new DeleteTopicState().setTopicId(Partitions.toKafka(first.id()));
        DeletableTopicResult deleted = delete(byId).getFirst();
        assertThat(deleted.name()).isEqualTo("orders");
        assertThat(deleted.errorCode()).isEqualTo(Errors.NONE.code());

        cluster.ledTopic("orders", 1, 1);
        DeletableTopicResult again = delete(byId).getFirst();
        assertThat(again.errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
        assertThat(again.name()).isNull();
        assertThat(cluster.image().topics()).containsOnlyKeys("orders");
    }

    @Test
    void refusesAmbiguousDeletions() throws Exception {
        Uuid id = Partitions.toKafka(cluster.ledTopic("orders", 1, 1).id());
        assertThat(delete(
                        new DeleteTopicState().setName("orders").setTopicId(id),
                        new DeleteTopicState(),
                        new DeleteTopicState().setName("orders"),
                        new DeleteTopicState().setTopicId(id)))
                .extracting(DeletableTopicResult::errorCode)
                .containsOnly(Errors.INVALID_REQUEST.code());
        assertThat(cluster.image().topics()).containsOnlyKeys("orders");
    }

    @Test
    void saysWhenADeletionGotNoAnswer() throws Exception {
        cluster.ledTopic("orders", 1, 1);
        cluster.quorum().available(false);
        DeletableTopicResult result =
                delete(new DeleteTopicState().setName("orders")).getFirst();
        assertThat(result.errorCode()).isEqualTo(Errors.REQUEST_TIMED_OUT.code());
        assertThat(result.errorMessage()).startsWith("no majority");
    }

    @Test
    void deletesATopicThatAnotherNodeHasJustMade() throws Exception {
        cluster.quorum().applyElsewhere(madeElsewhere("orders"));
        assertThat(cluster.image().topic("orders")).isEmpty();
        assertThat(delete(new DeleteTopicState().setName("orders")).getFirst().errorCode())
                .isEqualTo(Errors.NONE.code());
        assertThat(cluster.image().topics()).isEmpty();
    }

    @Test
    void doesNotSayThatATopicIsMissingWhenNobodyKnows() throws Exception {
        cluster.quorum().applyElsewhere(madeElsewhere("orders"));
        cluster.quorum().available(false);
        DeletableTopicResult result =
                delete(new DeleteTopicState().setName("orders")).getFirst();
        assertThat(result.errorCode()).isEqualTo(Errors.REQUEST_TIMED_OUT.code());
    }

    private static MetadataCommand madeElsewhere(String topic) {
        return new MetadataCommand.CreateTopic(new UUID(3, 9), topic, 1, 1, List.of(), Map.of());
    }

    @ParameterizedTest
    @MethodSource("createVersions")
    void everyVersionGrowsATopic(int version) throws Exception {
        TopicInfo before = cluster.ledTopic("orders", 2, 2);
        assertThat(grow(
                                version,
                                false,
                                new CreatePartitionsTopic()
                                        .setName("orders")
                                        .setCount(4)
                                        .setAssignments(null))
                        .getFirst()
                        .errorCode())
                .isEqualTo(Errors.NONE.code());
        TopicInfo after = cluster.topic("orders");
        assertThat(after.id()).isEqualTo(before.id());
        assertThat(after.partitions()).hasSize(4).startsWith(before.partitions().toArray(PartitionInfo[]::new));
    }

    @Test
    void takesAssignmentsOfTheNewPartitions() throws Exception {
        cluster.ledTopic("orders", 1, 2);
        assertThat(grow(NEWEST_CREATE, false, assigned("orders", 3, List.of(3, 1), List.of(2, 3)))
                        .getFirst()
                        .errorCode())
                .isEqualTo(Errors.NONE.code());
        assertThat(cluster.topic("orders").partitions().subList(1, 3))
                .extracting(PartitionInfo::replicas)
                .containsExactly(List.of(3, 1), List.of(2, 3));
    }

    @Test
    void refusesWhatCannotBe() throws Exception {
        cluster.ledTopic("orders", 2, 2);
        List<CreatePartitionsTopicResult> results =
                grow(NEWEST_CREATE, false, assigned("missing", 3), assigned("orders", 3, List.of(1, 2), List.of(2, 3)));
        assertThat(results)
                .extracting(CreatePartitionsTopicResult::errorCode)
                .containsExactly(Errors.UNKNOWN_TOPIC_OR_PARTITION.code(), Errors.INVALID_REPLICA_ASSIGNMENT.code());
        assertThat(results)
                .allSatisfy(result -> assertThat(result.errorMessage()).isNotBlank());
        for (int total : new int[] {-1, 0, 1, 2}) {
            assertThat(grow(NEWEST_CREATE, false, assigned("orders", total))
                            .getFirst()
                            .errorCode())
                    .isEqualTo(Errors.INVALID_PARTITIONS.code());
        }
        assertThat(cluster.topic("orders").partitions()).hasSize(2);
    }

    @Test
    void refusesATopicNamedTwice() throws Exception {
        cluster.ledTopic("orders", 2, 2);
        assertThat(grow(NEWEST_CREATE, false, assigned("orders", 3), assigned("orders", 4)))
                .extracting(CreatePartitionsTopicResult::errorCode)
                .containsExactly(Errors.INVALID_REQUEST.code());
        assertThat(cluster.topic("orders").partitions()).hasSize(2);
    }

    @Test
    void validateOnlyGrowsNothing() throws Exception {
        cluster.ledTopic("orders", 2, 2);
        assertThat(grow(NEWEST_CREATE, true, assigned("orders", 3)).getFirst().errorCode())
                .isEqualTo(Errors.NONE.code());
        assertThat(grow(NEWEST_CREATE, true, assigned("orders", 2)).getFirst().errorCode())
                .isEqualTo(Errors.INVALID_PARTITIONS.code());
        assertThat(cluster.topic("orders").partitions()).hasSize(2);
    }

    private List<DeletableTopicResult> delete(DeleteTopicState... topics) throws Exception {
        return List.copyOf(
                caller.call(deletion, NEWEST_DELETE, new DeleteTopicsRequestData().setTopics(List.of(topics)))
                        .responses());
    }

    private List<CreatePartitionsTopicResult> grow(int version, boolean validateOnly, CreatePartitionsTopic... topics)
            throws Exception {
        CreatePartitionsRequestData request =
                new CreatePartitionsRequestData().setTimeoutMs(1).setValidateOnly(validateOnly);
        for (CreatePartitionsTopic topic : topics) {
            request.topics().add(topic);
        }
        CreatePartitionsResponseData response = caller.call(growth, version, request);
        return response.results();
    }

    @SafeVarargs
    private static CreatePartitionsTopic assigned(String name, int total, List<Integer>... replicas) {
        return new CreatePartitionsTopic()
                .setName(name)
                .setCount(total)
                .setAssignments(List.of(replicas).stream()
                        .map(list -> new CreatePartitionsAssignment().setBrokerIds(list))
                        .toList());
    }
}
