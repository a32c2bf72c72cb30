package io.barnabas.net.kafka.handler;

import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.RequestContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.Errors;

/**
 * FindCoordinator: says plainly that there is none. The API is served all the same, because a client that finds it
 * missing reports a broken connection.
 *
 * <p>The codes are ones that clients do not retry; COORDINATOR_NOT_AVAILABLE would keep them waiting for ever. For
 * groups UNSUPPORTED_VERSION: Kafka's consumer and Admin throw it, librdkafka hands any code it does not know as passing
 * to the application together with the message, kafkajs stops the consumer. For transactions
 * TRANSACTIONAL_ID_AUTHORIZATION_FAILED, the one code that librdkafka does not answer by asking again; Kafka's producer
 * takes it as fatal as well.
 */
public final class FindCoordinatorHandler
        implements ApiHandler<FindCoordinatorRequestData, FindCoordinatorResponseData> {

    private static final byte GROUP = 0;
    private static final byte TRANSACTION = 1;
    private static final byte SHARE = 2;
    private static final int FIRST_BATCHED_VERSION = 4;

    @Override
    public CompletionStage<FindCoordinatorResponseData> handle(
            RequestContext context, FindCoordinatorRequestData request) {
        Errors error = request.keyType() == TRANSACTION
                ? Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED
                : Errors.UNSUPPORTED_VERSION;
        String message = switch (request.keyType()) {
            case GROUP -> "consumer groups are not served yet: assign partitions instead of subscribing";
            case TRANSACTION -> "transactions are not served yet: produce without a transactional.id";
            case SHARE -> "share groups are not served: assign partitions to a consumer instead";
            default -> "coordinators of type " + request.keyType() + " are unknown";
        };
        FindCoordinatorResponseData response = new FindCoordinatorResponseData();
        if (context.apiVersion() < FIRST_BATCHED_VERSION) {
            response.setErrorCode(error.code())
                    .setErrorMessage(message)
                    .setNodeId(-1)
                    .setHost("")
                    .setPort(-1);
        } else {
            for (String key : request.coordinatorKeys()) {
                response.coordinators()
                        .add(new Coordinator()
                                .setKey(key)
                                .setErrorCode(error.code())
                                .setErrorMessage(message)
                                .setNodeId(-1)
                                .setHost("")
                                .setPort(-1));
            }
        }
        return CompletableFuture.completedFuture(response);
    }
}
