package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.metadata.rules.TopicNames;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.DropConnectionException;
import io.barnabas.net.kafka.RequestContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/** Metadata: nodes, topics and leaders; creates missing topics where node and client both ask for it. */
public final class MetadataHandler implements ApiHandler<MetadataRequestData, MetadataResponseData> {

    /** Before this version an empty list of topics meant all of them, and auto-creation could not be declined. */
    private static final int FIRST_VERSION_WITH_NO_TOPICS = 1;

    private static final int FIRST_VERSION_WITH_CREATION_FLAG = 4;
    private static final int FIRST_VERSION_WITH_IDS = 12;
    private static final long CREATION_TIMEOUT_MS = 5_000;

    private final Broker broker;
    private final Proposals proposals;
    private final TopicReadiness readiness;

    public MetadataHandler(Broker broker) {
        this.broker = broker;
        this.proposals = new Proposals(broker);
        this.readiness = new TopicReadiness(broker);
    }

    @Override
    public CompletionStage<MetadataResponseData> handle(RequestContext context, MetadataRequestData request) {
        if (!context.first() && broker.isCutOff()) {
            // A client that asks again was sent to the wrong leader. It keeps to the connections it has, and would be
            // given the same answer until this node is back among the others.
            return CompletableFuture.failedFuture(new DropConnectionException(
                    "this node knows no leader of the metadata quorum; another node may know the cluster better"));
        }
        Map<String, Errors> refused = new HashMap<>();
        List<CompletableFuture<?>> creations = missing(context, request).stream()
                .<CompletableFuture<?>>map(name -> create(context, name, refused))
                .toList();
        return CompletableFuture.allOf(creations.toArray(CompletableFuture[]::new))
                .thenApply(done -> respond(context, request, refused));
    }

    private List<String> missing(RequestContext context, MetadataRequestData request) {
        boolean mayCreate = broker.settings().autoCreateTopics()
                && (context.apiVersion() < FIRST_VERSION_WITH_CREATION_FLAG || request.allowAutoTopicCreation());
        if (!mayCreate || request.topics() == null) {
            return List.of();
        }
        return request.topics().stream()
                .filter(topic -> Uuid.ZERO_UUID.equals(topic.topicId()))
                .map(MetadataRequestTopic::name)
                .filter(name -> name != null
                        && TopicNames.flaw(name).isEmpty()
                        && broker.quorum().image().topic(name).isEmpty())
                .distinct()
                .toList();
    }

    private CompletableFuture<?> create(RequestContext context, String name, Map<String, Errors> refused) {
        MetadataCommand command = new MetadataCommand.CreateTopic(
                UUID.randomUUID(),
                name,
                broker.settings().numPartitions(),
                broker.settings().defaultReplicationFactor(),
                List.of(),
                Map.of());
        return proposals
                .propose(command)
                .thenComposeAsync(
                        answer -> {
                            Errors code =
                                    answer instanceof Proposals.Answer.Failed failed ? failed.error() : Errors.NONE;
                            // When another client was quicker, the topic is there all the same.
                            if (code == Errors.NONE || code == Errors.TOPIC_ALREADY_EXISTS) {
                                return readiness.await(name, context.eventLoop(), CREATION_TIMEOUT_MS);
                            }
                            // Clients take a timeout for the end, and ask again while a leader is not available.
                            refused.put(name, code == Errors.REQUEST_TIMED_OUT ? Errors.LEADER_NOT_AVAILABLE : code);
                            return CompletableFuture.completedFuture(null);
                        },
                        context.eventLoop());
    }

    private MetadataResponseData respond(
            RequestContext context, MetadataRequestData request, Map<String, Errors> refused) {
        ClusterView view = new ClusterView(broker);
        MetadataResponseData response = new MetadataResponseData()
                .setClusterId(view.image().clusterId())
                .setControllerId(view.controller());
        for (NodeInfo node : view.liveNodes()) {
            Endpoint endpoint = NodeEndpoints.of(node, context.listener());
            response.brokers()
                    .add(new MetadataResponseBroker()
                            .setNodeId(node.id())
                            .setHost(endpoint.host())
                            .setPort(endpoint.port())
                            .setRack(node.rack().orElse(null)));
        }
        boolean all = request.topics() == null
                || (context.apiVersion() < FIRST_VERSION_WITH_NO_TOPICS
                        && request.topics().isEmpty());
        if (all) {
            view.image().topics().values().forEach(topic -> response.topics().add(describe(view, topic)));
        } else {
            request.topics().forEach(topic -> response.topics().add(find(context, view, topic, refused)));
        }
        return response;
    }

    private static MetadataResponseTopic find(
            RequestContext context, ClusterView view, MetadataRequestTopic wanted, Map<String, Errors> refused) {
        // Clients leave the name null or empty beside an id.
        boolean byId = !Uuid.ZERO_UUID.equals(wanted.topicId());
        boolean nameless = !byId && wanted.name() == null;
        if (nameless || (byId && context.apiVersion() < FIRST_VERSION_WITH_IDS)) {
            // Versions 10 and 11 have room for an id in the request, but none for a nameless topic in the response.
            return new MetadataResponseTopic()
                    .setName("")
                    .setTopicId(wanted.topicId())
                    .setErrorCode(Errors.INVALID_REQUEST.code());
        }
        Optional<TopicInfo> topic = byId
                ? view.image().topic(Partitions.toJava(wanted.topicId()))
                : view.image().topic(wanted.name());
        if (topic.isPresent()) {
            return describe(view, topic.get());
        }
        Errors error;
        if (byId) {
            error = Errors.UNKNOWN_TOPIC_ID;
        } else if (TopicNames.flaw(wanted.name()).isPresent()) {
            error = Errors.INVALID_TOPIC_EXCEPTION;
        } else {
            error = refused.getOrDefault(wanted.name(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        return new MetadataResponseTopic()
                .setName(byId ? null : wanted.name())
                .setTopicId(wanted.topicId())
                .setErrorCode(error.code());
    }

    private static MetadataResponseTopic describe(ClusterView view, TopicInfo topic) {
        MetadataResponseTopic described =
                new MetadataResponseTopic().setName(topic.name()).setTopicId(Partitions.toKafka(topic.id()));
        for (PartitionInfo partition : topic.partitions()) {
            ClusterView.PartitionView seen = view.partition(topic, partition);
            described
                    .partitions()
                    .add(new MetadataResponsePartition()
                            .setErrorCode(seen.error().code())
                            .setPartitionIndex(partition.partition())
                            .setLeaderId(seen.leader())
                            .setLeaderEpoch(seen.epoch())
                            .setReplicaNodes(partition.replicas())
                            .setIsrNodes(seen.inSync())
                            .setOfflineReplicas(seen.offline()));
        }
        return described;
    }
}
