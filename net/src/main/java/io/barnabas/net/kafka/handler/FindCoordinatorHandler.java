package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.metadata.rules.group.GroupShards;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.Errors;

/**
 * FindCoordinator: which node coordinates a group, as every node knows.
 *
 * <p>Transactions and share groups have no coordinator, which is said with codes that clients do not retry;
 * COORDINATOR_NOT_AVAILABLE would keep them waiting for ever. For transactions TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
 * the one code that librdkafka does not answer by asking again; Kafka's producer takes it as fatal as well.
 */
public final class FindCoordinatorHandler
        implements ApiHandler<FindCoordinatorRequestData, FindCoordinatorResponseData> {

    private static final byte GROUP = 0;
    private static final byte TRANSACTION = 1;
    private static final byte SHARE = 2;
    private static final int FIRST_BATCHED_VERSION = 4;

    private final Broker broker;

    public FindCoordinatorHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public CompletionStage<FindCoordinatorResponseData> handle(
            RequestContext context, FindCoordinatorRequestData request) {
        FindCoordinatorResponseData response = new FindCoordinatorResponseData();
        if (context.apiVersion() < FIRST_BATCHED_VERSION) {
            Coordinator found = find(context, request.keyType(), request.key());
            response.setErrorCode(found.errorCode())
                    .setErrorMessage(found.errorMessage())
                    .setNodeId(found.nodeId())
                    .setHost(found.host())
                    .setPort(found.port());
        } else {
            request.coordinatorKeys()
                    .forEach(key -> response.coordinators().add(find(context, request.keyType(), key)));
        }
        return CompletableFuture.completedFuture(response);
    }

    private Coordinator find(RequestContext context, byte type, String key) {
        return switch (type) {
            case GROUP -> ofGroup(context, key);
            case TRANSACTION ->
                none(
                        key,
                        Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
                        "transactions are not served yet: produce without a transactional.id");
            case SHARE ->
                none(key, Errors.UNSUPPORTED_VERSION, "share groups are not served: use a consumer group instead");
            default -> none(key, Errors.INVALID_REQUEST, "coordinators of type " + type + " are unknown");
        };
    }

    private Coordinator ofGroup(RequestContext context, String group) {
        MetadataImage image = broker.quorum().image();
        Optional<NodeInfo> node = image.node(
                        image.coordinators().get(GroupShards.of(group)).nodeId())
                .filter(owner -> !owner.fenced());
        if (node.isEmpty()) {
            return none(group, Errors.COORDINATOR_NOT_AVAILABLE, "no live node coordinates the group yet");
        }
        Endpoint endpoint = NodeEndpoints.of(node.get(), context.listener());
        return new Coordinator()
                .setKey(group)
                .setNodeId(node.get().id())
                .setHost(endpoint.host())
                .setPort(endpoint.port())
                .setErrorMessage("");
    }

    private static Coordinator none(String key, Errors error, String message) {
        return new Coordinator()
                .setKey(key)
                .setErrorCode(error.code())
                .setErrorMessage(message)
                .setNodeId(ClusterView.NO_NODE)
                .setHost("")
                .setPort(-1);
    }
}
