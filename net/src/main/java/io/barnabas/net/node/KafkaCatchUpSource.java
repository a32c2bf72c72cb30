package io.barnabas.net.node;

import io.barnabas.log.CatchUpSource;
import io.barnabas.metadata.MetadataQuorum;
import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.client.KafkaConnection;
import io.barnabas.net.node.rules.GroupIds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchSnapshotRequestData;
import org.apache.kafka.common.message.FetchSnapshotResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Copies partitions from their leaders through the port of the Kafka clients, where records leave by sendfile. */
record KafkaCatchUpSource(int nodeId, MetadataQuorum quorum) implements CatchUpSource {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final short SNAPSHOT_VERSION = 0;
    private static final short FETCH_VERSION = 13;
    private static final int NO_EPOCH = -1;

    @Override
    public Session open(int leader, UUID groupId) throws IOException {
        MetadataImage image = quorum.image();
        TopicInfo topic = image.topics().values().stream()
                .filter(known -> GroupIds.belongs(groupId, known.id()))
                .findFirst()
                .orElseThrow(() -> new IOException("the metadata knows no topic of group " + groupId));
        NodeInfo node =
                image.node(leader).orElseThrow(() -> new IOException("the metadata does not know node " + leader));
        Endpoint endpoint = node.listeners().getFirst();
        return new LeaderSession(
                new KafkaConnection(endpoint.host(), endpoint.port(), "replica-of-node-" + nodeId, TIMEOUT),
                topic,
                GroupIds.partition(groupId));
    }

    private record LeaderSession(KafkaConnection connection, TopicInfo topic, int partition) implements Session {

        @Override
        public byte[] appliedState() throws IOException {
            FetchSnapshotRequestData request = new FetchSnapshotRequestData()
                    .setTopics(List.of(new FetchSnapshotRequestData.TopicSnapshot()
                            .setName(topic.name())
                            .setPartitions(List.of(new FetchSnapshotRequestData.PartitionSnapshot()
                                    .setPartition(partition)
                                    .setCurrentLeaderEpoch(NO_EPOCH)))));
            FetchSnapshotResponseData.PartitionSnapshot answer = connection
                    .call(ApiKeys.FETCH_SNAPSHOT, SNAPSHOT_VERSION, request, FetchSnapshotResponseData.class)
                    .topics()
                    .getFirst()
                    .partitions()
                    .getFirst();
            check(answer.errorCode());
            ByteBuffer state = ((MemoryRecords) answer.unalignedRecords()).buffer();
            byte[] bytes = new byte[state.remaining()];
            state.get(bytes);
            return bytes;
        }

        @Override
        public ByteBuffer read(long offset, int maxBytes) throws IOException {
            FetchRequestData request = new FetchRequestData()
                    .setMaxBytes(maxBytes)
                    .setTopics(List.of(new FetchRequestData.FetchTopic()
                            .setTopicId(new Uuid(
                                    topic.id().getMostSignificantBits(),
                                    topic.id().getLeastSignificantBits()))
                            .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                    .setPartition(partition)
                                    .setFetchOffset(offset)
                                    .setPartitionMaxBytes(maxBytes)))));
            FetchResponseData response =
                    connection.call(ApiKeys.FETCH, FETCH_VERSION, request, FetchResponseData.class);
            check(response.errorCode());
            FetchResponseData.PartitionData answer =
                    response.responses().getFirst().partitions().getFirst();
            check(answer.errorCode());
            return ((MemoryRecords) answer.records()).buffer();
        }

        private void check(short errorCode) throws IOException {
            Errors error = Errors.forCode(errorCode);
            if (error != Errors.NONE) {
                throw new IOException("the leader of " + topic.name() + "-" + partition + " answered " + error);
            }
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }
}
