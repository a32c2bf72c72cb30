package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.KafkaErrors;
import io.barnabas.net.kafka.RequestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.Errors;

/** DeleteTopics, by name or by id. */
public final class DeleteTopicsHandler implements ApiHandler<DeleteTopicsRequestData, DeleteTopicsResponseData> {

    private static final int FIRST_VERSION_WITH_IDS = 6;

    private final Broker broker;
    private final Partitions partitions;

    public DeleteTopicsHandler(Broker broker) {
        this.broker = broker;
        this.partitions = new Partitions(broker);
    }

    @Override
    public CompletionStage<DeleteTopicsResponseData> handle(RequestContext context, DeleteTopicsRequestData request) {
        List<DeleteTopicState> wanted = context.apiVersion() >= FIRST_VERSION_WITH_IDS
                ? request.topics()
                : request.topicNames().stream()
                        .map(name -> new DeleteTopicState().setName(name))
                        .toList();
        DeleteTopicsResponseData response = new DeleteTopicsResponseData();
        List<CompletableFuture<?>> deletions = new ArrayList<>();
        for (DeleteTopicState topic : wanted) {
            DeletableTopicResult result =
                    new DeletableTopicResult().setName(topic.name()).setTopicId(topic.topicId());
            response.responses().add(result);
            deletions.add(delete(topic, result));
        }
        return CompletableFuture.allOf(deletions.toArray(CompletableFuture[]::new))
                .thenApply(done -> response);
    }

    private CompletableFuture<?> delete(DeleteTopicState wanted, DeletableTopicResult result) {
        if ((wanted.name() == null) == Uuid.ZERO_UUID.equals(wanted.topicId())) {
            return fail(result, Errors.INVALID_REQUEST, "name a topic either by its name or by its id");
        }
        Optional<TopicInfo> found = partitions.topic(wanted.topicId(), wanted.name());
        if (found.isEmpty()) {
            return fail(
                    result,
                    wanted.name() == null ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION,
                    "no such topic");
        }
        result.setName(found.get().name())
                .setTopicId(Partitions.toKafka(found.get().id()));
        return broker.quorum()
                .propose(new MetadataCommand.DeleteTopic(found.get().id()))
                .handle((answer, error) -> {
                    if (error != null) {
                        return fail(result, Errors.REQUEST_TIMED_OUT, error.getMessage());
                    }
                    return answer instanceof CommandResult.Refused refused
                            ? fail(result, KafkaErrors.of(refused.reason()), refused.message())
                            : null;
                });
    }

    private static CompletableFuture<?> fail(DeletableTopicResult result, Errors error, String message) {
        result.setErrorCode(error.code()).setErrorMessage(message);
        return CompletableFuture.completedFuture(null);
    }
}
