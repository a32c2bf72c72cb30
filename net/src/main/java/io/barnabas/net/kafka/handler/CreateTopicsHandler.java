package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.CommandReply;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import io.barnabas.net.kafka.TopicConfigs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.Errors;

/** CreateTopics: proposes each topic and answers once its partitions are led, or why not. */
public final class CreateTopicsHandler implements ApiHandler<CreateTopicsRequestData, CreateTopicsResponseData> {

    /** Stands for the node's default (KIP-464). */
    private static final int DEFAULT = -1;

    private final Broker broker;
    private final Proposals proposals;
    private final TopicReadiness readiness;

    public CreateTopicsHandler(Broker broker) {
        this.broker = broker;
        this.proposals = new Proposals(broker);
        this.readiness = new TopicReadiness(broker);
    }

    @Override
    public CompletionStage<CreateTopicsResponseData> handle(RequestContext context, CreateTopicsRequestData request) {
        CreateTopicsResponseData response = new CreateTopicsResponseData();
        List<CompletableFuture<?>> creations = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (CreatableTopic topic : request.topics()) {
            if (!seen.add(topic.name())) {
                continue;
            }
            CreatableTopicResult result = new CreatableTopicResult().setName(topic.name());
            response.topics().add(result);
            if (request.topics().findAll(topic.name()).size() > 1) {
                fail(result, Errors.INVALID_REQUEST, "topic '" + topic.name() + "' stands twice in the request");
            } else {
                creations.add(create(context, request, topic, result));
            }
        }
        return CompletableFuture.allOf(creations.toArray(CompletableFuture[]::new))
                .thenApply(done -> response);
    }

    private CompletableFuture<?> create(
            RequestContext context,
            CreateTopicsRequestData request,
            CreatableTopic topic,
            CreatableTopicResult result) {
        Map<String, String> configs = new HashMap<>();
        topic.configs().forEach(config -> configs.put(config.name(), config.value()));
        Optional<String> flaw = TopicConfigs.flaw(configs, broker.settings().effective());
        if (flaw.isPresent()) {
            return fail(result, Errors.INVALID_CONFIG, flaw.get());
        }
        Optional<List<List<Integer>>> assignments = assignments(topic);
        if (assignments.isEmpty()) {
            return fail(
                    result, Errors.INVALID_REPLICA_ASSIGNMENT, "assign partitions 0, 1, 2, ... without gaps, or none");
        }
        if (!assignments.get().isEmpty()
                && (topic.numPartitions() != DEFAULT || topic.replicationFactor() != DEFAULT)) {
            return fail(
                    result,
                    Errors.INVALID_REQUEST,
                    "give either assignments or a number of partitions and a replication factor, not both");
        }
        MetadataCommand.CreateTopic command = new MetadataCommand.CreateTopic(
                UUID.randomUUID(),
                topic.name(),
                topic.numPartitions() == DEFAULT ? broker.settings().numPartitions() : topic.numPartitions(),
                topic.replicationFactor() == DEFAULT
                        ? broker.settings().defaultReplicationFactor()
                        : topic.replicationFactor(),
                assignments.get(),
                configs);
        if (request.validateOnly()) {
            if (created(result, proposals.rehearse(command))) {
                // The id drawn for the rehearsal names no topic.
                result.setTopicId(Uuid.ZERO_UUID);
            }
            return CompletableFuture.completedFuture(null);
        }
        return proposals
                .propose(command)
                .thenComposeAsync(
                        answer -> created(result, answer)
                                ? readiness.await(command.name(), context.eventLoop(), request.timeoutMs())
                                : CompletableFuture.completedFuture(null),
                        context.eventLoop());
    }

    /** Replica lists by partition; empty when the request's assignments have gaps. */
    private static Optional<List<List<Integer>>> assignments(CreatableTopic topic) {
        List<List<Integer>> lists = new ArrayList<>();
        for (int partition = 0; partition < topic.assignments().size(); partition++) {
            CreatableReplicaAssignment assignment = topic.assignments().find(partition);
            if (assignment == null) {
                return Optional.empty();
            }
            lists.add(assignment.brokerIds());
        }
        return Optional.of(lists);
    }

    private boolean created(CreatableTopicResult result, Proposals.Answer answer) {
        return switch (answer) {
            case Proposals.Answer.Failed failed -> {
                fail(result, failed.error(), failed.message());
                yield false;
            }
            case Proposals.Answer.Done done -> {
                fill(result, ((CommandReply.TopicCreated) done.reply()).topic());
                yield true;
            }
        };
    }

    private static CompletableFuture<?> fail(CreatableTopicResult result, Errors error, String message) {
        result.setErrorCode(error.code()).setErrorMessage(message);
        return CompletableFuture.completedFuture(null);
    }

    /** KIP-525: the topic as created, with every setting it now has. */
    private void fill(CreatableTopicResult result, TopicInfo topic) {
        result.setTopicId(Partitions.toKafka(topic.id()))
                .setNumPartitions(topic.partitions().size())
                .setReplicationFactor(
                        (short) topic.partitions().getFirst().replicas().size());
        List<CreatableTopicConfigs> configs = new ArrayList<>();
        for (String name : TopicConfigs.names()) {
            TopicConfigs.Setting setting = TopicConfigs.setting(name, topic.configs(), broker.settings());
            configs.add(new CreatableTopicConfigs()
                    .setName(name)
                    .setValue(setting.value())
                    .setConfigSource(setting.source().id()));
        }
        result.setConfigs(configs);
    }
}
