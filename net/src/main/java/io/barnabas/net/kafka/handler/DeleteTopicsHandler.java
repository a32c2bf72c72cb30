package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
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

    private final Proposals proposals;
    private final Partitions partitions;

    public DeleteTopicsHandler(Broker broker) {
        this.proposals = new Proposals(broker);
        this.partitions = new Partitions(broker);
    }

    @Override
    public CompletionStage<DeleteTopicsResponseData> handle(RequestContext context, DeleteTopicsRequestData request) {
        List<DeleteTopicState> wanted = context.apiVersion() >= FIRST_VERSION_WITH_IDS
                ? request.topics()
                : request.topicNames().stream()
                        .map(name -> new DeleteTopicState().setName(name))
                        .toList();
        boolean knowsAll = wanted.stream()
                .filter(DeleteTopicsHandler::isNamedOneWay)
                .allMatch(topic -> find(topic).isPresent());
        return knowsAll
                ? deleteAll(wanted, Optional.empty())
                : proposals
                        .catchUp()
                        .thenCompose(answer -> deleteAll(
                                wanted,
                                answer instanceof Proposals.Answer.Failed failed
                                        ? Optional.of(failed)
                                        : Optional.empty()));
    }

    /** @param doubt why a topic that is not known here may be there all the same */
    private CompletableFuture<DeleteTopicsResponseData> deleteAll(
            List<DeleteTopicState> wanted, Optional<Proposals.Answer.Failed> doubt) {
        List<Optional<TopicInfo>> found = wanted.stream().map(this::find).toList();
        Map<UUID, Integer> mentions = new HashMap<>();
        found.forEach(topic -> topic.ifPresent(known -> mentions.merge(known.id(), 1, Integer::sum)));
        List<CompletableFuture<DeletableTopicResult>> deletions = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            deletions.add(delete(wanted.get(i), found.get(i), mentions, doubt));
        }
        return CompletableFuture.allOf(deletions.toArray(CompletableFuture[]::new))
                .thenApply(done -> {
                    DeleteTopicsResponseData response = new DeleteTopicsResponseData();
                    deletions.forEach(deletion -> response.responses().add(deletion.join()));
                    return response;
                });
    }

    private Optional<TopicInfo> find(DeleteTopicState wanted) {
        return isNamedOneWay(wanted) ? partitions.topic(wanted.topicId(), wanted.name()) : Optional.empty();
    }

    private static boolean isNamedOneWay(DeleteTopicState wanted) {
        return (wanted.name() == null) != Uuid.ZERO_UUID.equals(wanted.topicId());
    }

    private CompletableFuture<DeletableTopicResult> delete(
            DeleteTopicState wanted,
            Optional<TopicInfo> found,
            Map<UUID, Integer> mentions,
            Optional<Proposals.Answer.Failed> doubt) {
        DeletableTopicResult result =
                new DeletableTopicResult().setName(wanted.name()).setTopicId(wanted.topicId());
        if (!isNamedOneWay(wanted)) {
            return fail(result, Errors.INVALID_REQUEST, "name a topic either by its name or by its id");
        }
        if (found.isEmpty() && doubt.isPresent()) {
            return fail(result, doubt.get().error(), doubt.get().message());
        }
        if (found.isEmpty()) {
            return wanted.name() == null
                    ? fail(result, Errors.UNKNOWN_TOPIC_ID, "no topic has the id " + wanted.topicId())
                    : fail(result, Errors.UNKNOWN_TOPIC_OR_PARTITION, "topic '" + wanted.name() + "' does not exist");
        }
        TopicInfo topic = found.get();
        result.setName(topic.name()).setTopicId(Partitions.toKafka(topic.id()));
        if (mentions.get(topic.id()) > 1) {
            return fail(result, Errors.INVALID_REQUEST, "topic '" + topic.name() + "' stands twice in the request");
        }
        return proposals.propose(new MetadataCommand.DeleteTopic(topic.id())).thenCompose(answer -> switch (answer) {
            case Proposals.Answer.Done done -> CompletableFuture.completedFuture(result);
            case Proposals.Answer.Failed failed -> fail(result, failed.error(), failed.message());
        });
    }

    private static CompletableFuture<DeletableTopicResult> fail(
            DeletableTopicResult result, Errors error, String message) {
        return CompletableFuture.completedFuture(
                result.setErrorCode(error.code()).setErrorMessage(message));
    }
}
