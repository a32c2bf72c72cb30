package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntPredicate;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingTopicReassignment;

/** ListPartitionReassignments (KIP-455): the changes of replicas that go on; partitions without one are left out. */
public final class ListPartitionReassignmentsHandler
        implements ApiHandler<ListPartitionReassignmentsRequestData, ListPartitionReassignmentsResponseData> {

    private final Broker broker;

    public ListPartitionReassignmentsHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public CompletionStage<ListPartitionReassignmentsResponseData> handle(
            RequestContext context, ListPartitionReassignmentsRequestData request) {
        MetadataImage image = broker.quorum().image();
        ListPartitionReassignmentsResponseData response = new ListPartitionReassignmentsResponseData();
        if (request.topics() == null) {
            image.topics().values().forEach(topic -> add(response, topic, number -> true));
        } else {
            for (ListPartitionReassignmentsTopics wanted : request.topics()) {
                Set<Integer> numbers = Set.copyOf(wanted.partitionIndexes());
                image.topic(wanted.name()).ifPresent(topic -> add(response, topic, numbers::contains));
            }
        }
        return CompletableFuture.completedFuture(response);
    }

    private static void add(ListPartitionReassignmentsResponseData response, TopicInfo topic, IntPredicate wanted) {
        List<OngoingPartitionReassignment> ongoing = topic.partitions().stream()
                .filter(partition -> partition.reassignment().isPresent() && wanted.test(partition.partition()))
                .map(ListPartitionReassignmentsHandler::describe)
                .toList();
        if (!ongoing.isEmpty()) {
            response.topics()
                    .add(new OngoingTopicReassignment().setName(topic.name()).setPartitions(ongoing));
        }
    }

    private static OngoingPartitionReassignment describe(PartitionInfo partition) {
        return new OngoingPartitionReassignment()
                .setPartitionIndex(partition.partition())
                .setReplicas(partition.replicas())
                .setAddingReplicas(partition.adding())
                .setRemovingReplicas(partition.removing());
    }
}
