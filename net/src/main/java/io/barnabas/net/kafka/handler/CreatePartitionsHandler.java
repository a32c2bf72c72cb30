package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.MetadataRules;
import io.barnabas.metadata.rules.Outcome;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.KafkaErrors;
import io.barnabas.net.kafka.RequestContext;
import java.util.ArrayList;
import java.util.List;
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

    private final Broker broker;
    private final TopicReadiness readiness;

    public CreatePartitionsHandler(Broker broker) {
        this.broker = broker;
        this.readiness = new TopicReadiness(broker);
    }

    @Override
    public CompletionStage<CreatePartitionsResponseData> handle(
            RequestContext context, CreatePartitionsRequestData request) {
        CreatePartitionsResponseData response = new CreatePartitionsResponseData();
        List<CompletableFuture<?>> growths = new ArrayList<>();
        for (CreatePartitionsTopic topic : request.topics()) {
            CreatePartitionsTopicResult result = new CreatePartitionsTopicResult().setName(topic.name());
            response.results().add(result);
            List<List<Integer>> assignments = topic.assignments() == null
                    ? List.of()
                    : topic.assignments().stream()
                            .map(CreatePartitionsAssignment::brokerIds)
                            .toList();
            MetadataCommand command = new MetadataCommand.CreatePartitions(topic.name(), topic.count(), assignments);
            if (request.validateOnly()) {
                validate(command, result);
            } else {
                growths.add(propose(context, request.timeoutMs(), topic.name(), command, result));
            }
        }
        return CompletableFuture.allOf(growths.toArray(CompletableFuture[]::new))
                .thenApply(done -> response);
    }

    private void validate(MetadataCommand command, CreatePartitionsTopicResult result) {
        MetadataImage image = broker.quorum().image();
        if (MetadataRules.apply(image, command, image.index() + 1) instanceof Outcome.Refused refused) {
            fail(result, KafkaErrors.of(refused.reason()), refused.message());
        }
    }

    private CompletableFuture<?> propose(
            RequestContext context,
            long timeoutMs,
            String topic,
            MetadataCommand command,
            CreatePartitionsTopicResult result) {
        return broker.quorum()
                .propose(command)
                .handleAsync(
                        (answer, error) -> {
                            if (error != null) {
                                return fail(result, Errors.REQUEST_TIMED_OUT, error.getMessage());
                            }
                            return answer instanceof CommandResult.Refused refused
                                    ? fail(result, KafkaErrors.of(refused.reason()), refused.message())
                                    : readiness.await(topic, context.eventLoop(), timeoutMs);
                        },
                        context.eventLoop())
                .thenCompose(waiting -> waiting);
    }

    private static CompletableFuture<?> fail(CreatePartitionsTopicResult result, Errors error, String message) {
        result.setErrorCode(error.code()).setErrorMessage(message);
        return CompletableFuture.completedFuture(null);
    }
}
