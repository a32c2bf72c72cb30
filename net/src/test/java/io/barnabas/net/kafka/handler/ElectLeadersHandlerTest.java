package io.barnabas.net.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.metadata.rules.TopicInfo;
import java.util.List;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitionsCollection;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** ElectLeaders as seen from a node that leads nothing; NodeElectionTest lets real nodes hand over. */
class ElectLeadersHandlerTest {

    private final ControlledCluster cluster = new ControlledCluster(3);
    private final ElectLeadersHandler handler = new ElectLeadersHandler(cluster);
    private final Caller caller = new Caller();

    @AfterEach
    void close() {
        caller.close();
    }

    @Test
    void everyVersionSaysWhyThereIsNothingToElect() throws Exception {
        cluster.ledTopic("orders", 1, 2);
        for (int version = 0; version <= 2; version++) {
            assertThat(elect(version, "orders", 0)).isEqualTo(Errors.ELECTION_NOT_NEEDED);
            assertThat(elect(version, "orders", 1)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(elect(version, "orders", -1)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(elect(version, "missing", 0)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
    }

    @Test
    void aPreferredReplicaThatIsNotLiveOrHasNobodyToHandOverIsNotAvailable() throws Exception {
        TopicInfo topic = cluster.leaderlessTopic("orders", 1, 2);
        assertThat(elect(2, "orders", 0)).isEqualTo(Errors.PREFERRED_LEADER_NOT_AVAILABLE);
        cluster.fence(topic.partitions().getFirst().replicas().getFirst());
        assertThat(elect(2, "orders", 0)).isEqualTo(Errors.PREFERRED_LEADER_NOT_AVAILABLE);
    }

    @Test
    void whoAsksForAllIsToldOnlyOfWhatWasToBeDone() throws Exception {
        cluster.ledTopic("led", 1, 2);
        cluster.leaderlessTopic("leaderless", 1, 2);
        ElectLeadersResponseData response =
                caller.call(handler, 2, new ElectLeadersRequestData().setTopicPartitions(null));
        assertThat(response.replicaElectionResults())
                .extracting(ElectLeadersResponseData.ReplicaElectionResult::topic)
                .containsExactly("leaderless");
    }

    @Test
    void anUnknownKindOfElectionIsRefused() throws Exception {
        ElectLeadersResponseData response = caller.call(
                handler,
                2,
                new ElectLeadersRequestData().setElectionType((byte) 9).setTopicPartitions(null));
        assertThat(Errors.forCode(response.errorCode())).isEqualTo(Errors.INVALID_REQUEST);
    }

    private Errors elect(int version, String topic, int partition) throws Exception {
        ElectLeadersRequestData request = new ElectLeadersRequestData()
                .setTopicPartitions(new TopicPartitionsCollection(
                        List.of(new TopicPartitions().setTopic(topic).setPartitions(List.of(partition)))
                                .iterator()));
        if (version > 0) {
            request.setElectionType(ElectionType.PREFERRED.value);
        }
        return Errors.forCode(caller.call(handler, version, request)
                .replicaElectionResults()
                .getFirst()
                .partitionResult()
                .getFirst()
                .errorCode());
    }
}
