package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.protocol.Errors;

/**
 * AlterPartitionReassignments (KIP-455, and KIP-860 for the replication factor): wants other replicas for partitions, or
 * those from before back. The answer says that the wish is recorded; the partitions' leaders fulfil it.
 */
public final class AlterPartitionReassignmentsHandler
        implements ApiHandler<AlterPartitionReassignmentsRequestData, AlterPartitionReassignmentsResponseData> {

    private final Broker broker;
    private final Proposals proposals;

    public AlterPartitionReassignmentsHandler(Broker broker) {
        this.broker = broker;
        this.proposals = new Proposals(broker);
    }

    @Override
    public CompletionStage<AlterPartitionReassignmentsResponseData> handle(
            RequestContext context, AlterPartitionReassignmentsRequestData request) {
        AlterPartitionReassignmentsResponseData response = new AlterPartitionReassignmentsResponseData()
                .setAllowReplicationFactorChange(request.allowReplicationFactorChange());
        List<CompletableFuture<?>> changes = new ArrayList<>();
        for (ReassignableTopic topic : request.topics()) {
            ReassignableTopicResponse answer = new ReassignableTopicResponse().setName(topic.name());
            response.responses().add(answer);
            for (ReassignablePartition partition : topic.partitions()) {
                ReassignablePartitionResponse result =
                        new ReassignablePartitionResponse().setPartitionIndex(partition.partitionIndex());
                answer.partitions().add(result);
                changes.add(change(request, topic.name(), partition, result));
            }
        }
        return CompletableFuture.allOf(changes.toArray(CompletableFuture[]::new))
                .thenApply(done -> response);
    }

    private CompletableFuture<?> change(
            AlterPartitionReassignmentsRequestData request,
            String topicName,
            ReassignablePartition partition,
            ReassignablePartitionResponse result) {
        Optional<UUID> topicId = broker.quorum().image().topic(topicName).map(TopicInfo::id);
        if (topicId.isEmpty()) {
            result.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                    .setErrorMessage("topic '" + topicName + "' does not exist");
            return CompletableFuture.completedFuture(null);
        }
        int number = partition.partitionIndex();
        MetadataCommand command = partition.replicas() == null
                ? new MetadataCommand.CancelReassignment(topicId.get(), number)
                : new MetadataCommand.ReassignPartition(
                        topicId.get(), number, partition.replicas(), request.allowReplicationFactorChange());
        return proposals.propose(command).thenAccept(answer -> {
            if (answer instanceof Proposals.Answer.Failed failed) {
                result.setErrorCode(failed.error().code()).setErrorMessage(failed.message());
            }
        });
    }
}
