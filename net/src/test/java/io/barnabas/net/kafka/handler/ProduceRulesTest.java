package io.barnabas.net.kafka.handler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.metadata.rules.ConfigResource;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.testing.Requests;
import io.barnabas.net.kafka.testing.ServedBrokerTest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a topic's settings do to the batches that it is sent. */
class ProduceRulesTest extends ServedBrokerTest {

    private static final long NOW = 1_700_000_000_000L;
    private static final int LATEST = 13;
    /** From here on single records are named (KIP-467). */
    private static final int WITH_RECORD_ERRORS = 8;

    private TopicInfo topic;

    static IntStream produceVersions() {
        return IntStream.rangeClosed(3, LATEST);
    }

    @BeforeEach
    void createTopic() {
        topic = broker.createTopic("flights", 1);
        broker.fake("flights", 0).clock(NOW);
    }

    private void set(String name, String value) {
        broker.quorum()
                .apply(new MetadataCommand.AlterConfigs(
                        new ConfigResource.Topic("flights"), Map.of(name, value), List.of()));
    }

    private static MemoryRecords batch(SimpleRecord... records) {
        return MemoryRecords.withRecords(Compression.NONE, records);
    }

    private static SimpleRecord at(long timestamp) {
        return new SimpleRecord(timestamp, "key".getBytes(UTF_8), "value".getBytes(UTF_8));
    }

    private PartitionProduceResponse produce(int version, MemoryRecords records) throws IOException {
        return client.call(
                        ApiKeys.PRODUCE,
                        version,
                        Requests.produce(version, topic, 0, (short) -1, records),
                        ProduceResponseData.class)
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .getFirst();
    }

    private RecordBatch stored() throws IOException {
        FetchResponseData response = client.call(
                ApiKeys.FETCH, 12, Requests.fetch(12, topic, Requests.wanted(0, 0)), FetchResponseData.class);
        MemoryRecords records = (MemoryRecords)
                response.responses().getFirst().partitions().getFirst().records();
        return records.batches().iterator().next();
    }

    @ParameterizedTest
    @MethodSource("produceVersions")
    void everyVersionTellsTheLeadersTime(int version) throws IOException {
        set("message.timestamp.type", "LogAppendTime");
        PartitionProduceResponse answer = produce(version, batch(at(5), at(6)));
        assertThat(answer.errorCode()).isZero();
        assertThat(answer.logAppendTimeMs()).isEqualTo(NOW);
        assertThat(stored().timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(stored()).allMatch(record -> record.timestamp() == NOW);
    }

    @ParameterizedTest
    @MethodSource("produceVersions")
    void everyVersionRefusesTimestampsThatAreFarOff(int version) throws IOException {
        set("message.timestamp.before.max.ms", "1000");
        PartitionProduceResponse answer = produce(version, batch(at(NOW), at(NOW - 1_001), at(NOW - 1_000)));
        assertThat(answer.errorCode()).isEqualTo(Errors.INVALID_TIMESTAMP.code());
        assertThat(answer.baseOffset()).isEqualTo(-1);
        if (version >= WITH_RECORD_ERRORS) {
            assertThat(answer.errorMessage()).contains("record 1");
            assertThat(answer.recordErrors())
                    .extracting(BatchIndexAndErrorMessage::batchIndex)
                    .containsExactly(1);
            assertThat(answer.recordErrors().getFirst().batchIndexErrorMessage())
                    .contains(Long.toString(NOW - 1_001));
        }
    }

    @Test
    void aCompactedTopicTakesOnlyRecordsWithKeys() throws IOException {
        set("cleanup.policy", "compact");
        PartitionProduceResponse answer =
                produce(LATEST, batch(at(NOW), new SimpleRecord(NOW, null, "value".getBytes(UTF_8))));
        assertThat(answer.errorCode()).isEqualTo(Errors.INVALID_RECORD.code());
        assertThat(answer.recordErrors())
                .extracting(BatchIndexAndErrorMessage::batchIndex)
                .containsExactly(1);
        assertThat(produce(LATEST, batch(at(NOW))).errorCode()).isZero();
    }

    @Test
    void aCodecThatIsNamedIsTheOneThatIsStored() throws IOException {
        set("compression.type", "zstd");
        assertThat(produce(LATEST, batch(at(NOW), at(NOW + 1))).errorCode()).isZero();
        assertThat(stored().compressionType()).isEqualTo(CompressionType.ZSTD);
        assertThat(stored()).extracting(record -> record.timestamp()).containsExactly(NOW, NOW + 1);
    }

    @Test
    void theLargestBatchIsTheTopics() throws IOException {
        set("max.message.bytes", "100");
        assertThat(produce(LATEST, batch(at(NOW))).errorCode()).isZero();
        assertThat(produce(LATEST, batch(at(NOW), at(NOW), at(NOW))).errorCode())
                .isEqualTo(Errors.MESSAGE_TOO_LARGE.code());
    }
}
