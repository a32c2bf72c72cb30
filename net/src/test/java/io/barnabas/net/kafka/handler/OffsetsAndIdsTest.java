package io.barnabas.net.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.PartitionReplica.Leadership;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.testing.FakeBroker;
import io.barnabas.net.kafka.testing.Requests;
import io.barnabas.net.kafka.testing.ServedBrokerTest;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class OffsetsAndIdsTest extends ServedBrokerTest {

    private TopicInfo topic;

    static IntStream listOffsetsVersions() {
        return IntStream.rangeClosed(1, 11);
    }

    static IntStream epochVersions() {
        return IntStream.rangeClosed(2, 4);
    }

    static IntStream producerIdVersions() {
        return IntStream.rangeClosed(0, 5);
    }

    @BeforeEach
    void fill() throws IOException {
        topic = broker.createTopic("flights", 1);
        produce(3);
        broker.fake("flights", 0).lead(new Leadership(FakeBroker.ID, 4, true));
        produce(5);
    }

    private void produce(int count) throws IOException {
        client.call(
                ApiKeys.PRODUCE,
                9,
                Requests.produce(9, topic, 0, (short) -1, Requests.batch(count)),
                ProduceResponseData.class);
    }

    private ListOffsetsPartitionResponse offset(int version, long timestamp) throws IOException {
        return client.call(
                        ApiKeys.LIST_OFFSETS,
                        version,
                        Requests.listOffsets(topic, 0, timestamp).setReplicaId(-1),
                        ListOffsetsResponseData.class)
                .topics()
                .getFirst()
                .partitions()
                .getFirst();
    }

    @ParameterizedTest
    @MethodSource("listOffsetsVersions")
    void everyVersionListsBothEnds(int version) throws IOException {
        assertThat(offset(version, -1).offset()).isEqualTo(8);
        assertThat(offset(version, -2).offset()).isZero();
        assertThat(offset(version, -1).errorCode()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "-3, 3, 1004, 4",
        "-4, 0, -1, 1",
        "-5, -1, -1, -1",
        "-6, -1, -1, -1",
        "0, 0, 1002, 1",
        "1003, 3, 1004, 4",
        "5000, -1, -1, -1"
    })
    void timesAreLookedUp(long timestamp, long offset, long found, int epoch) throws IOException {
        ListOffsetsPartitionResponse answer = offset(11, timestamp);
        assertThat(answer.errorCode()).isZero();
        assertThat(answer.offset()).isEqualTo(offset);
        assertThat(answer.timestamp()).isEqualTo(found);
        assertThat(answer.leaderEpoch()).isEqualTo(epoch);
    }

    @Test
    void timesWithoutAMeaningAreRefused() throws IOException {
        assertThat(offset(11, -7).errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        assertThat(offset(11, Long.MIN_VALUE).errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
    }

    @Test
    void offsetsAreListedByTheLeaderAlone() throws IOException {
        TopicInfo elsewhere = broker.createTopicElsewhere("elsewhere", 2);
        var answer = client.call(
                        ApiKeys.LIST_OFFSETS,
                        11,
                        Requests.listOffsets(elsewhere, 0, -1).setReplicaId(-1),
                        ListOffsetsResponseData.class)
                .topics()
                .getFirst()
                .partitions()
                .getFirst();
        assertThat(answer.errorCode()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
        assertThat(answer.offset()).isEqualTo(-1);
    }

    private EpochEndOffset epochEnd(int version, int epoch) throws IOException {
        return client.call(
                        ApiKeys.OFFSET_FOR_LEADER_EPOCH,
                        version,
                        Requests.epochEnd(topic, 0, epoch),
                        OffsetForLeaderEpochResponseData.class)
                .topics()
                .iterator()
                .next()
                .partitions()
                .getFirst();
    }

    @ParameterizedTest
    @MethodSource("epochVersions")
    void epochsEndWhereTheNextBegins(int version) throws IOException {
        EpochEndOffset former = epochEnd(version, 3);
        assertThat(former.leaderEpoch()).isEqualTo(1);
        assertThat(former.endOffset()).isEqualTo(3);
        assertThat(epochEnd(version, 4).endOffset()).isEqualTo(8);

        EpochEndOffset unknown = epochEnd(version, 9);
        assertThat(unknown.errorCode()).isZero();
        assertThat(unknown.leaderEpoch()).isEqualTo(-1);
        assertThat(unknown.endOffset()).isEqualTo(-1);
    }

    private InitProducerIdResponseData producerId(int version, String transactionalId) throws IOException {
        return client.call(
                ApiKeys.INIT_PRODUCER_ID,
                version,
                new InitProducerIdRequestData()
                        .setTransactionalId(transactionalId)
                        .setTransactionTimeoutMs(1000),
                InitProducerIdResponseData.class);
    }

    @ParameterizedTest
    @MethodSource("producerIdVersions")
    void everyVersionGivesAnId(int version) throws IOException {
        InitProducerIdResponseData given = producerId(version, null);
        assertThat(given.errorCode()).isZero();
        assertThat(given.producerId()).isNotNegative();
        assertThat(given.producerEpoch()).isZero();
    }

    @Test
    void noIdIsGivenTwiceAcrossBlocks() throws IOException {
        Set<Long> ids = new HashSet<>();
        for (int i = 0; i < 2_100; i++) {
            assertThat(ids.add(producerId(5, null).producerId())).isTrue();
        }
    }

    @Test
    void aProducerThatBumpsItsEpochGetsANewId() throws IOException {
        long first = producerId(5, null).producerId();
        InitProducerIdResponseData second = client.call(
                ApiKeys.INIT_PRODUCER_ID,
                5,
                new InitProducerIdRequestData()
                        .setTransactionalId(null)
                        .setProducerId(first)
                        .setProducerEpoch((short) 3),
                InitProducerIdResponseData.class);
        assertThat(second.errorCode()).isZero();
        assertThat(second.producerId()).isNotEqualTo(first);
        assertThat(second.producerEpoch()).isZero();
    }

    @Test
    void transactionalProducersAreRefusedForGood() throws IOException {
        Errors error = Errors.forCode(producerId(5, "tx").errorCode());
        assertThat(error).isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    }

    @Test
    void withoutAQuorumProducersAreToldToTryAgainAndThenServed() throws IOException {
        broker.quorum().available(false);
        assertThat(producerId(5, null).errorCode()).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS.code());
        broker.quorum().available(true);
        assertThat(producerId(5, null).errorCode()).isZero();
    }
}
