package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.Errors;

/** CreatePartitions: grows topics and answers once the new partitions are led. */
public final class CreatePartitionsHandler
        implements ApiHandler<CreatePartitionsRequestData, CreatePartitionsResponseData> {

    private final Proposals proposals;
    private final TopicReadiness readiness;

    public CreatePartitionsHandler(Broker broker) {
        this.proposals = new Proposals(broker);
        this.readiness = new TopicReadiness(broker);
    }

    @Override
    public CompletionStage<CreatePartitionsResponseData> handle(
            RequestContext context, CreatePartitionsRequestData request) {
        CreatePartitionsResponseData response = new CreatePartitionsResponseData();
        List<CompletableFuture<?>> growths = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (CreatePartitionsTopic topic : request.topics()) {
            if (!seen.add(topic.name())) {
                continue;
            }
            CreatePartitionsTopicResult result = new CreatePartitionsTopicResult().setName(topic.name());
            response.results().add(result);
            if (request.topics().findAll(topic.name()).size() > 1) {
                result.setErrorCode(Errors.INVALID_REQUEST.code())
                        .setErrorMessage("topic '" + topic.name() + "' stands twice in the request");
            } else {
                growths.add(grow(context, request, topic, result));
            }
        }
        return CompletableFuture.allOf(growths.toArray(CompletableFuture[]::new))
                .thenApply(done -> response);
    }

    private CompletableFuture<?> grow(
            RequestContext context,
            CreatePartitionsRequestData request,
            CreatePartitionsTopic topic,
            CreatePartitionsTopicResult result) {
        List<List<Integer>> assignments = topic.assignments() == null
                ? List.of()
                : topic.assignments().stream()
                        .map(CreatePartitionsAssignment::brokerIds)
                        .toList();
        MetadataCommand command = new MetadataCommand.CreatePartitions(topic.name(), topic.count(), assignments);
        if (request.validateOnly()) {
            grown(result, proposals.rehearse(command));
            return CompletableFuture.completedFuture(null);
        }
        return proposals
                .propose(command)
                .thenComposeAsync(
                        answer -> grown(result, answer)
                                ? readiness.await(topic.name(), context.eventLoop(), request.timeoutMs())
                                : CompletableFuture.completedFuture(null),
                        context.eventLoop());
    }

    private static boolean grown(CreatePartitionsTopicResult result, Proposals.Answer answer) {
        if (answer instanceof Proposals.Answer.Failed failed) {
            result.setErrorCode(failed.error().code()).setErrorMessage(failed.message());
            return false;
        }
        return true;
    }
}
