package io.barnabas.net.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.barnabas.log.PartitionReplica.Acks;
import io.barnabas.metadata.rules.FeatureLevels;
import io.barnabas.net.kafka.testing.FakeBroker;
import io.barnabas.net.kafka.testing.Requests;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeaturesAndProducersTest {

    @TempDir
    Path directory;

    private final Caller caller = new Caller();
    private FakeBroker broker;

    @BeforeEach
    void open() {
        broker = new FakeBroker(directory);
    }

    @AfterEach
    void close() {
        caller.close();
        broker.close();
    }

    @Test
    void tellsTheProducersOfWhatIsCommitted() throws Exception {
        broker.createTopic("orders", 2);
        append(0, 7, 3, 0, 2);
        append(0, 7, 3, 2, 5);
        append(0, 8, 0, 0, 1);
        broker.fake("orders", 0).hold();
        append(0, 9, 0, 0, 1);

        List<PartitionResponse> partitions = describe("orders", 0, 1);
        assertThat(partitions.get(0).activeProducers())
                .extracting(
                        ProducerState::producerId,
                        ProducerState::producerEpoch,
                        ProducerState::lastSequence,
                        ProducerState::coordinatorEpoch,
                        ProducerState::currentTxnStartOffset)
                .containsExactlyInAnyOrder(tuple(7L, 3, 6, -1, -1L), tuple(8L, 0, 0, -1, -1L));
        assertThat(partitions.get(1).activeProducers()).isEmpty();
        assertThat(partitions).extracting(PartitionResponse::errorCode).containsOnly(Errors.NONE.code());
    }

    @Test
    void saysWhichPartitionsCannotBeDescribedHere() throws Exception {
        broker.createTopic("orders", 1);
        broker.createTopicElsewhere("elsewhere", 2);
        assertThat(describe("orders", -1, 1))
                .extracting(PartitionResponse::errorCode)
                .containsOnly(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(describe("nothing", 0).getFirst().errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(describe("elsewhere", 0).getFirst().errorCode()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
    }

    private List<PartitionResponse> describe(String topic, Integer... partitions) throws Exception {
        DescribeProducersRequestData request = new DescribeProducersRequestData()
                .setTopics(List.of(new TopicRequest().setName(topic).setPartitionIndexes(List.of(partitions))));
        return caller.call(new DescribeProducersHandler(broker), 0, request)
                .topics()
                .getFirst()
                .partitions();
    }

    private void append(int partition, long producer, int epoch, int sequence, int records) {
        SimpleRecord[] batch = new SimpleRecord[records];
        for (int i = 0; i < records; i++) {
            batch[i] = new SimpleRecord(1_000 + i, new byte[] {1}, new byte[] {2});
        }
        broker.fake("orders", partition)
                .append(
                        MemoryRecords.withIdempotentRecords(Compression.NONE, producer, (short) epoch, sequence, batch)
                                .buffer(),
                        Acks.MAJORITY);
    }

    @ParameterizedTest
    @CsvSource({
        "barnabas.metadata.version, 1, NONE, ''",
        "barnabas.metadata.version, 2, INVALID_UPDATE_VERSION, knows levels 1 to 1",
        "barnabas.metadata.version, 0, INVALID_UPDATE_VERSION, level 0 is not supported",
        "metadata.version, 1, INVALID_UPDATE_VERSION, the one feature is barnabas.metadata.version",
    })
    void grantsTheLevelItHasAndNoOther(String feature, int level, Errors error, String message) throws Exception {
        assertThat(FeatureLevels.NEWEST).isEqualTo(1);
        UpdateFeaturesHandler handler = new UpdateFeaturesHandler(broker);
        for (int version = 0; version <= 2; version++) {
            UpdateFeaturesResponseData response = caller.call(handler, version, Requests.upgrade(feature, level));
            boolean each = version < 2;
            String said = each ? response.results().find(feature).errorMessage() : response.errorMessage();
            assertThat(each ? response.results().find(feature).errorCode() : response.errorCode())
                    .as("v%d: %s", version, said)
                    .isEqualTo(error.code());
            assertThat(said == null ? "" : said).contains(message);
        }
    }
}
