package io.barnabas.chaos.run.load;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Call.Reading;
import io.barnabas.chaos.rules.history.Records;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;

/**
 * Follows partitions by single Fetch requests to their leaders, whose answers tell the high watermark and the log start
 * that belong to their records; a Kafka consumer keeps them to itself. As a consumer does, it names the leader epoch
 * that it knows, so that a leader of an older one refuses. For one thread.
 */
final class WatermarkReader implements AutoCloseable {

    /** The last version that names topics and not their ids. */
    private static final short FETCH_VERSION = 12;

    private static final int MAX_BYTES = 1 << 16;
    private static final long NO_LOG_START = -1;

    private final Ledger ledger;
    private final String topic;
    private final int client;
    private final List<NodeConnection> bootstrap;
    private final Map<Integer, NodeConnection> nodes = new HashMap<>();
    private final Map<TopicPartition, Leader> leaders = new HashMap<>();
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private int asked;

    private record Leader(int node, int epoch) {}

    WatermarkReader(Ledger ledger, String bootstrap, String topic) {
        this.ledger = ledger;
        this.topic = topic;
        this.client = ledger.newClient();
        this.bootstrap =
                List.of(bootstrap.split(",")).stream().map(NodeConnection::new).toList();
    }

    /** Reads what is there of all partitions, once. Leaves out those without a leader that answers. */
    void poll() {
        learnLeaders();
        Map<Integer, List<TopicPartition>> byNode = new LinkedHashMap<>();
        leaders.forEach((partition, leader) ->
                byNode.computeIfAbsent(leader.node(), node -> new ArrayList<>()).add(partition));
        byNode.forEach(this::fetch);
    }

    private void learnLeaders() {
        // Another node each time: the one that was asked before may be dead, frozen or cut off.
        NodeConnection node = bootstrap.get(asked++ % bootstrap.size());
        MetadataResponseData metadata;
        try {
            metadata = node.ask(MetadataRequest.Builder.forTopicNames(List.of(topic), false), MetadataResponse.class)
                    .data();
        } catch (IOException e) {
            return;
        }
        metadata.brokers()
                .forEach(broker -> nodes.computeIfAbsent(
                        broker.nodeId(), id -> new NodeConnection(broker.host() + ":" + broker.port())));
        MetadataResponseData.MetadataResponseTopic described = metadata.topics().find(topic);
        if (described == null) {
            return;
        }
        for (MetadataResponseData.MetadataResponsePartition partition : described.partitions()) {
            if (nodes.containsKey(partition.leaderId())) {
                leaders.merge(
                        new TopicPartition(topic, partition.partitionIndex()),
                        new Leader(partition.leaderId(), partition.leaderEpoch()),
                        (known, told) -> told.epoch() >= known.epoch() ? told : known);
            }
        }
    }

    private void fetch(int node, List<TopicPartition> partitions) {
        Map<TopicPartition, FetchRequest.PartitionData> wanted = new LinkedHashMap<>();
        Map<TopicPartition, Long> operations = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Long position = positions.get(partition);
            Reading reading = position == null ? Reading.SOUGHT : Reading.FOLLOWING;
            long from = position == null ? 0 : position;
            wanted.put(
                    partition,
                    new FetchRequest.PartitionData(
                            Uuid.ZERO_UUID,
                            from,
                            NO_LOG_START,
                            MAX_BYTES,
                            Optional.of(leaders.get(partition).epoch())));
            operations.put(partition, ledger.invoked(client, new Call.Poll(partition, from, reading)));
        }
        FetchResponse response;
        try {
            response = nodes.get(node)
                    .ask(FetchRequest.Builder.forConsumer(FETCH_VERSION, 0, 0, wanted), FetchResponse.class);
        } catch (IOException e) {
            operations.values().forEach(operation -> ledger.unanswered(operation, e));
            return;
        }
        for (FetchResponseData.FetchableTopicResponse answer : response.data().responses()) {
            for (FetchResponseData.PartitionData data : answer.partitions()) {
                TopicPartition partition = new TopicPartition(answer.topic(), data.partitionIndex());
                answered(node, partition, wanted.get(partition).fetchOffset, operations.remove(partition), data);
            }
        }
        operations.values().forEach(operation -> ledger.unanswered(operation, new IOException("not in the answer")));
    }

    private void answered(
            int node, TopicPartition partition, long from, long operation, FetchResponseData.PartitionData data) {
        if (data.errorCode() != Errors.NONE.code()) {
            ledger.unanswered(operation, Errors.forCode(data.errorCode()).exception());
            return;
        }
        LongStream.Builder offsets = LongStream.builder();
        LongStream.Builder values = LongStream.builder();
        LongStream.Builder timestamps = LongStream.builder();
        long next = from;
        for (RecordBatch batch : FetchResponse.recordsOrFail(data).batches()) {
            for (Record record : batch) {
                // A batch comes as a whole, also when the position lies within.
                if (record.offset() >= from && !batch.isControlBatch()) {
                    offsets.add(record.offset());
                    values.add(record.value().getLong());
                    timestamps.add(record.timestamp());
                }
            }
            next = Math.max(next, batch.nextOffset());
        }
        positions.put(partition, next);
        Records records = new Records(
                offsets.build().toArray(),
                values.build().toArray(),
                timestamps.build().toArray());
        ledger.answered(operation, new Answer.Polled(node, data.highWatermark(), data.logStartOffset(), next, records));
    }

    @Override
    public void close() {
        bootstrap.forEach(NodeConnection::close);
        nodes.values().forEach(NodeConnection::close);
    }
}
