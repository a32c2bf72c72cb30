package io.barnabas.net.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.log.AppendRefusal;
import io.barnabas.log.PartitionReplica.Leadership;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.testing.FakeBroker;
import io.barnabas.net.kafka.testing.KafkaSocket;
import io.barnabas.net.kafka.testing.Requests;
import io.barnabas.net.kafka.testing.ServedBrokerTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProduceFetchTest extends ServedBrokerTest {

    private static final int LATEST_PRODUCE = 13;
    private static final int LATEST_FETCH = 18;
    private static final short ALL = -1;

    private TopicInfo topic;

    static IntStream produceVersions() {
        return IntStream.rangeClosed(3, LATEST_PRODUCE);
    }

    static IntStream fetchVersions() {
        return IntStream.rangeClosed(4, LATEST_FETCH);
    }

    @BeforeEach
    void createTopic() {
        topic = broker.createTopic("flights", 3);
    }

    private PartitionProduceResponse produce(
            int version, TopicInfo to, int partition, short acks, MemoryRecords records) throws IOException {
        return only(client.call(
                ApiKeys.PRODUCE,
                version,
                Requests.produce(version, to, partition, acks, records),
                ProduceResponseData.class));
    }

    private static PartitionProduceResponse only(ProduceResponseData response) {
        return response.responses().iterator().next().partitionResponses().getFirst();
    }

    private FetchResponseData fetch(int version, FetchRequestData request) throws IOException {
        return client.call(ApiKeys.FETCH, version, request, FetchResponseData.class);
    }

    private static PartitionData only(FetchResponseData response) {
        return response.responses().getFirst().partitions().getFirst();
    }

    private static List<Long> offsets(PartitionData data) {
        return StreamSupport.stream(((MemoryRecords) data.records()).records().spliterator(), false)
                .map(Record::offset)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("produceVersions")
    void everyVersionProduces(int version) throws IOException {
        assertThat(produce(version, topic, 1, ALL, Requests.batch(3)).baseOffset())
                .isZero();
        PartitionProduceResponse second = produce(version, topic, 1, (short) 1, Requests.batch(2));

        assertThat(second.errorCode()).isZero();
        assertThat(second.baseOffset()).isEqualTo(3);
        assertThat(second.index()).isEqualTo(1);
        assertThat(second.logAppendTimeMs()).isEqualTo(-1);
    }

    @ParameterizedTest
    @MethodSource("fetchVersions")
    void everyVersionFetchesWhatWasProduced(int version) throws IOException {
        MemoryRecords sent = Requests.batch(3);
        produce(9, topic, 0, ALL, sent);
        produce(9, topic, 0, ALL, Requests.batch(4));

        PartitionData data = only(fetch(version, Requests.fetch(version, topic, Requests.wanted(0, 1))));

        assertThat(data.errorCode()).isZero();
        assertThat(data.highWatermark()).isEqualTo(7);
        assertThat(data.lastStableOffset()).isEqualTo(7);
        assertThat(offsets(data)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
        MemoryRecords records = (MemoryRecords) data.records();
        records.batches().forEach(batch -> {
            batch.ensureValid();
            assertThat(batch.partitionLeaderEpoch()).isEqualTo(1);
        });
        ByteBuffer afterPrefix = records.buffer().slice(16, sent.sizeInBytes() - 16);
        assertThat(afterPrefix).isEqualTo(sent.buffer().slice(16, sent.sizeInBytes() - 16));
        await().until(() -> broker.fake("flights", 0).openSlices() == 0);
    }

    @Test
    void acksZeroIsNotAnswered() throws IOException {
        client.send(ApiKeys.PRODUCE, 9, Requests.produce(9, topic, 0, (short) 0, Requests.batch(2)));

        assertThat(produce(9, topic, 0, ALL, Requests.batch(1)).baseOffset()).isEqualTo(2);
    }

    @Test
    void acksZeroThatFailsEndsTheConnection() throws IOException {
        TopicInfo elsewhere = broker.createTopicElsewhere("elsewhere", 2);
        client.send(ApiKeys.PRODUCE, 9, Requests.produce(9, elsewhere, 0, (short) 0, Requests.batch(2)));

        assertThat(client.isClosedByPeer()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(shorts = {2, -2, 100})
    void otherAcksAreRefused(short acks) throws IOException {
        assertThat(produce(9, topic, 0, acks, Requests.batch(1)).errorCode())
                .isEqualTo(Errors.INVALID_REQUIRED_ACKS.code());
        assertThat(broker.fake("flights", 0).offsets().logEndOffset()).isZero();
    }

    @Test
    void onePartitionsErrorIsNotAnothers() throws IOException {
        ProduceRequestData request = Requests.produce(9, topic, 0, ALL, Requests.batch(1));
        var partitions = new ArrayList<>(request.topicData().iterator().next().partitionData());
        partitions.add(
                new ProduceRequestData.PartitionProduceData().setIndex(17).setRecords(Requests.batch(1)));
        partitions.add(new ProduceRequestData.PartitionProduceData().setIndex(1).setRecords(null));
        partitions.add(new ProduceRequestData.PartitionProduceData().setIndex(2).setRecords(Requests.batch(2)));
        request.topicData().iterator().next().setPartitionData(partitions);

        var answers = client.call(ApiKeys.PRODUCE, 9, request, ProduceResponseData.class)
                .responses()
                .iterator()
                .next()
                .partitionResponses();
        assertThat(answers)
                .extracting(PartitionProduceResponse::errorCode)
                .containsExactly(
                        Errors.NONE.code(),
                        Errors.UNKNOWN_TOPIC_OR_PARTITION.code(),
                        Errors.INVALID_RECORD.code(),
                        Errors.NONE.code());
    }

    @Test
    void badBatchesAreRefusedByKafkasCodes() throws IOException {
        assertThat(produce(9, topic, 0, ALL, MemoryRecords.EMPTY).errorCode()).isEqualTo(Errors.INVALID_RECORD.code());
        assertThat(produce(9, topic, 0, ALL, twice(Requests.batch(1))).errorCode())
                .isEqualTo(Errors.INVALID_RECORD.code());
        MemoryRecords torn = Requests.batch(2);
        torn.buffer().put(torn.sizeInBytes() - 1, (byte) 99);
        assertThat(produce(9, topic, 0, ALL, torn).errorCode()).isEqualTo(Errors.CORRUPT_MESSAGE.code());
        MemoryRecords old = Requests.batch(2);
        old.buffer().put(16, (byte) 1);
        assertThat(produce(9, topic, 0, ALL, old).errorCode()).isEqualTo(Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT.code());
    }

    private static MemoryRecords twice(MemoryRecords records) {
        ByteBuffer both = ByteBuffer.allocate(2 * records.sizeInBytes());
        both.put(records.buffer()).put(records.buffer()).flip();
        return MemoryRecords.readableRecords(both);
    }

    @Test
    void transactionsAreRefused() throws IOException {
        ProduceRequestData request =
                Requests.produce(9, topic, 0, ALL, Requests.batch(1)).setTransactionalId("tx");
        assertThat(only(client.call(ApiKeys.PRODUCE, 9, request, ProduceResponseData.class))
                        .errorCode())
                .isEqualTo(Errors.INVALID_TXN_STATE.code());
    }

    @Test
    void anAppendThatNoMajorityConfirmsTimesOut() throws IOException {
        broker.fake("flights", 0).hold();
        ProduceRequestData request =
                Requests.produce(9, topic, 0, ALL, Requests.batch(1)).setTimeoutMs(50);
        assertThat(only(client.call(ApiKeys.PRODUCE, 9, request, ProduceResponseData.class))
                        .errorCode())
                .isEqualTo(Errors.REQUEST_TIMED_OUT.code());
    }

    @ParameterizedTest
    @EnumSource(AppendRefusal.class)
    void everyRefusalHasACode(AppendRefusal refusal) throws IOException {
        broker.fake("flights", 0).refuse(refusal);
        PartitionProduceResponse answer = produce(9, topic, 0, ALL, Requests.batch(1));
        assertThat(answer.errorCode()).isGreaterThan((short) 0);
        assertThat(answer.baseOffset()).isEqualTo(-1);
    }

    @Test
    void producersAreToldWhoLeads() throws IOException {
        TopicInfo elsewhere = broker.createTopicElsewhere("elsewhere", 2);
        ProduceResponseData response = client.call(
                ApiKeys.PRODUCE,
                10,
                Requests.produce(10, elsewhere, 0, ALL, Requests.batch(1)),
                ProduceResponseData.class);
        assertThat(only(response).errorCode()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
        assertThat(only(response).currentLeader().leaderId()).isEqualTo(2);
        assertThat(only(response).currentLeader().leaderEpoch()).isEqualTo(7);
        assertThat(response.nodeEndpoints().find(2).port()).isEqualTo(9092);
    }

    @Test
    void fetchersAreToldWhoLeads() throws IOException {
        TopicInfo elsewhere = broker.createTopicElsewhere("elsewhere", 3);
        FetchResponseData response = fetch(16, Requests.fetch(16, elsewhere, Requests.wanted(0, 0)));
        assertThat(only(response).errorCode()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
        assertThat(only(response).currentLeader().leaderId()).isEqualTo(3);
        assertThat(response.nodeEndpoints().find(3).port()).isEqualTo(9093);
    }

    @Test
    void aRecreatedTopicIsAnotherOne() throws IOException {
        TopicInfo gone = new TopicInfo(new UUID(1, 2), topic.name(), topic.partitions(), topic.configs());
        assertThat(produce(13, gone, 0, ALL, Requests.batch(1)).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
        assertThat(only(fetch(13, Requests.fetch(13, gone, Requests.wanted(0, 0))))
                        .errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
    }

    @Test
    void epochsOfTheLeaderAreChecked() throws IOException {
        broker.fake("flights", 0).lead(new Leadership(FakeBroker.ID, 5, true));
        for (var expected : List.of(
                Map.entry(4, Errors.FENCED_LEADER_EPOCH),
                Map.entry(5, Errors.NONE),
                Map.entry(6, Errors.UNKNOWN_LEADER_EPOCH))) {
            PartitionData data = only(fetch(
                    11, Requests.fetch(11, topic, Requests.wanted(0, 0).setCurrentLeaderEpoch(expected.getKey()))));
            assertThat(data.errorCode()).isEqualTo(expected.getValue().code());
        }
    }

    @Test
    void divergingReadersAreToldWhere() throws IOException {
        produce(9, topic, 0, ALL, Requests.batch(3));
        broker.fake("flights", 0).lead(new Leadership(FakeBroker.ID, 4, true));
        produce(9, topic, 0, ALL, Requests.batch(3));

        PartitionData data =
                only(fetch(12, Requests.fetch(12, topic, Requests.wanted(0, 5).setLastFetchedEpoch(2))));
        assertThat(data.divergingEpoch().epoch()).isEqualTo(1);
        assertThat(data.divergingEpoch().endOffset()).isEqualTo(3);
        assertThat(data.records().sizeInBytes()).isZero();
    }

    @Test
    void outOfRangeIsBelowTheStartOrBeyondTheEnd() throws IOException {
        produce(9, topic, 0, ALL, Requests.batch(5));
        broker.fake("flights", 0).trim(2);
        for (long offset : new long[] {0, 1, 6, -1, Long.MAX_VALUE}) {
            assertThat(only(fetch(11, Requests.fetch(11, topic, Requests.wanted(0, offset))))
                            .errorCode())
                    .as("offset %d", offset)
                    .isEqualTo(Errors.OFFSET_OUT_OF_RANGE.code());
        }
        assertThat(only(fetch(11, Requests.fetch(11, topic, Requests.wanted(0, 5))))
                        .errorCode())
                .isZero();
    }

    @Test
    void aReaderAheadOfTheHighWatermarkWaitsForIt() throws IOException {
        broker.fake("flights", 0).hold();
        client.send(ApiKeys.PRODUCE, 9, Requests.produce(9, topic, 0, (short) 0, Requests.batch(4)));
        await().until(() -> broker.fake("flights", 0).offsets().logEndOffset() == 4);
        PartitionData early = only(fetch(11, Requests.fetch(11, topic, Requests.wanted(0, 4))));
        assertThat(early.errorCode()).isZero();
        assertThat(early.highWatermark()).isZero();
        assertThat(early.records().sizeInBytes()).isZero();
    }

    @Test
    void aFetchThatFindsNothingWaitsForARecord() throws IOException {
        try (KafkaSocket waiter = served.connect()) {
            int request = waiter.send(
                    ApiKeys.FETCH,
                    LATEST_FETCH,
                    Requests.fetch(LATEST_FETCH, topic, Requests.wanted(0, 0), Requests.wanted(2, 0))
                            .setMaxWaitMs(60_000));
            await().until(() -> broker.fake("flights", 2).waiting() == 1);
            produce(9, topic, 2, ALL, Requests.batch(1));

            FetchResponseData response = waiter.receive(ApiKeys.FETCH, LATEST_FETCH, request, FetchResponseData.class);
            assertThat(offsets(response.responses().getFirst().partitions().get(1)))
                    .containsExactly(0L);
            assertThat(broker.fake("flights", 0).waiting())
                    .as("nobody waits on")
                    .isZero();
        }
    }

    @Test
    void aWaitingFetchHearsOfANewLeader() throws IOException {
        try (KafkaSocket waiter = served.connect()) {
            int request = waiter.send(
                    ApiKeys.FETCH,
                    12,
                    Requests.fetch(12, topic, Requests.wanted(0, 0)).setMaxWaitMs(60_000));
            await().until(() -> broker.fake("flights", 0).waiting() == 1);
            broker.fake("flights", 0).lead(new Leadership(2, 9, false));

            PartitionData data = only(waiter.receive(ApiKeys.FETCH, 12, request, FetchResponseData.class));
            assertThat(data.errorCode()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
            assertThat(data.currentLeader().leaderId()).isEqualTo(2);
        }
    }

    @Test
    void minBytesAreWaitedFor() throws IOException {
        produce(9, topic, 0, ALL, Requests.batch(1));
        int size = Requests.batch(1).sizeInBytes();
        try (KafkaSocket waiter = served.connect()) {
            int request = waiter.send(
                    ApiKeys.FETCH,
                    11,
                    Requests.fetch(11, topic, Requests.wanted(0, 0))
                            .setMinBytes(2 * size)
                            .setMaxWaitMs(60_000));
            await().until(() -> broker.fake("flights", 0).waiting() == 1);
            produce(9, topic, 0, ALL, Requests.batch(1));
            assertThat(offsets(only(waiter.receive(ApiKeys.FETCH, 11, request, FetchResponseData.class))))
                    .containsExactly(0L, 1L);
        }
    }

    @Test
    void theFirstBatchComesEvenWhenItIsTooLargeAndNoOther() throws IOException {
        produce(9, topic, 0, ALL, Requests.batch(5));
        produce(9, topic, 0, ALL, Requests.batch(5));
        produce(9, topic, 1, ALL, Requests.batch(5));
        var small = Requests.wanted(0, 0).setPartitionMaxBytes(1);
        var other = Requests.wanted(1, 0).setPartitionMaxBytes(1);

        var partitions = fetch(11, Requests.fetch(11, topic, small, other).setMaxBytes(1))
                .responses()
                .getFirst()
                .partitions();
        assertThat(offsets(partitions.get(0))).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(partitions.get(1).records().sizeInBytes()).isZero();
    }

    @Test
    void aReplicaThatCannotReadSaysSo() throws IOException {
        broker.fake("flights", 0).breakReads("disk gone");
        assertThat(only(fetch(11, Requests.fetch(11, topic, Requests.wanted(0, 0))))
                        .errorCode())
                .isEqualTo(Errors.KAFKA_STORAGE_ERROR.code());
    }

    @Test
    void aSessionTellsOnlyNews() throws IOException {
        FetchRequestData full = Requests.fetch(LATEST_FETCH, topic, Requests.wanted(0, 0), Requests.wanted(1, 0))
                .setSessionId(0)
                .setSessionEpoch(0);
        FetchResponseData opened = fetch(LATEST_FETCH, full);
        assertThat(opened.sessionId()).isPositive();
        assertThat(opened.responses().getFirst().partitions()).hasSize(2);

        FetchResponseData nothing = fetch(LATEST_FETCH, next(opened.sessionId(), 1));
        assertThat(nothing.responses()).isEmpty();
        assertThat(nothing.sessionId()).isEqualTo(opened.sessionId());

        produce(9, topic, 1, ALL, Requests.batch(2));
        FetchResponseData news = fetch(LATEST_FETCH, next(opened.sessionId(), 2));
        assertThat(news.responses().getFirst().partitions()).hasSize(1);
        assertThat(only(news).partitionIndex()).isEqualTo(1);
        assertThat(offsets(only(news))).containsExactly(0L, 1L);

        assertThat(fetch(LATEST_FETCH, next(opened.sessionId(), 7)).errorCode())
                .isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH.code());
        assertThat(fetch(12, next(opened.sessionId(), 3)).errorCode())
                .isEqualTo(Errors.FETCH_SESSION_TOPIC_ID_ERROR.code());
        assertThat(fetch(LATEST_FETCH, next(opened.sessionId() + 1, 3)).errorCode())
                .isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND.code());
    }

    private static FetchRequestData next(int session, int epoch) {
        return new FetchRequestData()
                .setSessionId(session)
                .setSessionEpoch(epoch)
                .setMaxWaitMs(0)
                .setMinBytes(1)
                .setMaxBytes(1 << 20);
    }

    @Test
    void anEmptyIncrementalFetchStillWaits() throws IOException {
        int session = fetch(
                        12,
                        Requests.fetch(12, topic, Requests.wanted(0, 0))
                                .setSessionId(0)
                                .setSessionEpoch(0))
                .sessionId();
        try (KafkaSocket waiter = served.connect()) {
            int request = waiter.send(ApiKeys.FETCH, 12, next(session, 1).setMaxWaitMs(60_000));
            await().until(() -> broker.fake("flights", 0).waiting() == 1);
            produce(9, topic, 0, ALL, Requests.batch(1));
            assertThat(offsets(only(waiter.receive(ApiKeys.FETCH, 12, request, FetchResponseData.class))))
                    .containsExactly(0L);
        }
    }

    @Test
    void aSessionThatIsEndedIsForgotten() throws IOException {
        FetchRequestData full =
                Requests.fetch(12, topic, Requests.wanted(0, 0)).setSessionId(0).setSessionEpoch(0);
        int session = fetch(12, full).sessionId();
        FetchResponseData last = fetch(
                12,
                Requests.fetch(12, topic, Requests.wanted(0, 0))
                        .setSessionId(session)
                        .setSessionEpoch(-1));
        assertThat(last.sessionId()).isZero();
        assertThat(fetch(12, next(session, 1)).errorCode()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND.code());
    }

    @Test
    void noMoreSessionsThanSlots() throws IOException {
        for (int slot = 0; slot < broker.settings().fetchSessionSlots(); slot++) {
            assertThat(open()).isPositive();
        }
        assertThat(open()).as("served all the same, without a session").isZero();
    }

    private int open() throws IOException {
        return fetch(
                        12,
                        Requests.fetch(12, topic, Requests.wanted(0, 0))
                                .setSessionId(0)
                                .setSessionEpoch(0))
                .sessionId();
    }
}
