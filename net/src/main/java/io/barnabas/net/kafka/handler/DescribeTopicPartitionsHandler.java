package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/** DescribeTopicPartitions: partitions in pages, topics in the order of their names (KIP-966). */
public final class DescribeTopicPartitionsHandler
        implements ApiHandler<DescribeTopicPartitionsRequestData, DescribeTopicPartitionsResponseData> {

    private static final int MAX_PARTITIONS = 2_000;

    private final Broker broker;

    public DescribeTopicPartitionsHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public CompletionStage<DescribeTopicPartitionsResponseData> handle(
            RequestContext context, DescribeTopicPartitionsRequestData request) {
        ClusterView view = new ClusterView(broker);
        DescribeTopicPartitionsResponseData response = new DescribeTopicPartitionsResponseData();
        int room = Math.clamp(request.responsePartitionLimit(), 1, MAX_PARTITIONS);
        String from = request.cursor() == null ? "" : request.cursor().topicName();
        for (String name : names(view, request)) {
            if (name.compareTo(from) < 0) {
                continue;
            }
            Optional<TopicInfo> topic = view.image().topic(name);
            if (topic.isEmpty()) {
                response.topics()
                        .add(new DescribeTopicPartitionsResponseTopic()
                                .setName(name)
                                .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code()));
                continue;
            }
            int size = topic.get().partitions().size();
            int first = name.equals(from) ? Math.clamp(request.cursor().partitionIndex(), 0, size) : 0;
            int last = Math.min(size, first + room);
            if (room == 0) {
                response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(first));
                break;
            }
            response.topics().add(describe(view, topic.get(), first, last));
            room -= last - first;
            if (last < size) {
                response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(last));
                break;
            }
        }
        return CompletableFuture.completedFuture(response);
    }

    private static Collection<String> names(ClusterView view, DescribeTopicPartitionsRequestData request) {
        if (request.topics().isEmpty()) {
            return view.image().topics().keySet();
        }
        TreeSet<String> names = new TreeSet<>();
        request.topics().stream().map(TopicRequest::name).forEach(names::add);
        return names;
    }

    private static DescribeTopicPartitionsResponseTopic describe(
            ClusterView view, TopicInfo topic, int first, int last) {
        DescribeTopicPartitionsResponseTopic described = new DescribeTopicPartitionsResponseTopic()
                .setName(topic.name())
                .setTopicId(Partitions.toKafka(topic.id()));
        for (int number = first; number < last; number++) {
            PartitionInfo partition = topic.partitions().get(number);
            ClusterView.PartitionView seen = view.partition(topic, partition);
            described
                    .partitions()
                    .add(new DescribeTopicPartitionsResponsePartition()
                            .setErrorCode(seen.error().code())
                            .setPartitionIndex(number)
                            .setLeaderId(seen.leader())
                            .setLeaderEpoch(seen.epoch())
                            .setReplicaNodes(partition.replicas())
                            .setIsrNodes(seen.inSync())
                            // Raft has no leaders but eligible ones; Kafka's Admin cannot take the null that the
                            // protocol allows (KIP-966).
                            .setEligibleLeaderReplicas(List.of())
                            .setLastKnownElr(List.of())
                            .setOfflineReplicas(seen.offline()));
        }
        return described;
    }
}
