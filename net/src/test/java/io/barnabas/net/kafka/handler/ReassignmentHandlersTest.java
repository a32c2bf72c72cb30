package io.barnabas.net.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** AlterPartitionReassignments and ListPartitionReassignments. */
class ReassignmentHandlersTest {

    private final ControlledCluster cluster = new ControlledCluster(4);
    private final AlterPartitionReassignmentsHandler alter = new AlterPartitionReassignmentsHandler(cluster);
    private final ListPartitionReassignmentsHandler list = new ListPartitionReassignmentsHandler(cluster);
    private final Caller caller = new Caller();

    @AfterEach
    void close() {
        caller.close();
    }

    @Test
    void whatIsAskedIsListedUntilItIsDoneAndShownByMetadata() throws Exception {
        List<Integer> replicas =
                cluster.ledTopic("orders", 2, 2).partitions().getFirst().replicas();
        int kept = replicas.getFirst();
        int leaving = replicas.getLast();
        int joining = IntStream.rangeClosed(1, 4)
                .filter(id -> !replicas.contains(id))
                .findFirst()
                .orElseThrow();
        assertThat(reassign(1, "orders", 0, List.of(kept, joining))).isEqualTo(Errors.NONE);
        OngoingPartitionReassignment ongoing =
                listed(null).topics().getFirst().partitions().getFirst();
        assertThat(ongoing.partitionIndex()).isZero();
        assertThat(ongoing.replicas()).containsExactly(kept, joining, leaving);
        assertThat(ongoing.addingReplicas()).containsExactly(joining);
        assertThat(ongoing.removingReplicas()).containsExactly(leaving);
        assertThat(listed(List.of(
                                new ListPartitionReassignmentsTopics()
                                        .setName("orders")
                                        .setPartitionIndexes(List.of(1)),
                                new ListPartitionReassignmentsTopics()
                                        .setName("missing")
                                        .setPartitionIndexes(List.of(0))))
                        .topics())
                .isEmpty();
        MetadataResponsePartition shown = caller.call(
                        new MetadataHandler(cluster), 12, new MetadataRequestData().setTopics(null))
                .topics()
                .find("orders")
                .partitions()
                .getFirst();
        assertThat(shown.replicaNodes()).containsExactly(kept, joining, leaving);
        assertThat(shown.isrNodes()).containsExactly(kept, leaving);
    }

    @Test
    void everyRefusalHasKafkasCode() throws Exception {
        cluster.ledTopic("orders", 1, 2);
        assertThat(reassign(1, "missing", 0, List.of(1, 2))).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(reassign(1, "orders", 7, List.of(1, 2))).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(reassign(1, "orders", -1, List.of(1, 2))).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(reassign(1, "orders", 0, List.of())).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
        assertThat(reassign(1, "orders", 0, List.of(1, 1))).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
        assertThat(reassign(1, "orders", 0, List.of(1, 9))).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
        assertThat(reassign(1, "orders", 0, List.of(1))).isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
        assertThat(reassign(1, "orders", 0, null)).isEqualTo(Errors.NO_REASSIGNMENT_IN_PROGRESS);
        assertThat(reassign(0, "orders", 0, List.of(1))).isEqualTo(Errors.NONE);
        assertThat(reassign(0, "orders", 0, null)).isEqualTo(Errors.NONE);
    }

    /** Version 0 has no field for it, and allows another replication factor. */
    private Errors reassign(int version, String topic, int partition, List<Integer> replicas) throws Exception {
        AlterPartitionReassignmentsRequestData request = new AlterPartitionReassignmentsRequestData()
                .setTopics(List.of(new ReassignableTopic()
                        .setName(topic)
                        .setPartitions(List.of(new ReassignablePartition()
                                .setPartitionIndex(partition)
                                .setReplicas(replicas)))));
        if (version > 0) {
            request.setAllowReplicationFactorChange(false);
        }
        return Errors.forCode(caller.call(alter, version, request)
                .responses()
                .getFirst()
                .partitions()
                .getFirst()
                .errorCode());
    }

    private ListPartitionReassignmentsResponseData listed(List<ListPartitionReassignmentsTopics> topics)
            throws Exception {
        return caller.call(list, 0, new ListPartitionReassignmentsRequestData().setTopics(topics));
    }
}
