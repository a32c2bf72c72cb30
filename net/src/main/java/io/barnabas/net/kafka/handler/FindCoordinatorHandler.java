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
 * missing reports a broken connection; and with an error that no client retries, because COORDINATOR_NOT_AVAILABLE
 * would keep a consumer waiting for ever.
 */
public final class FindCoordinatorHandler
        implements ApiHandler<FindCoordinatorRequestData, FindCoordinatorResponseData> {

    private static final byte GROUP = 0;
    private static final int FIRST_BATCHED_VERSION = 4;

    @Override
    public CompletionStage<FindCoordinatorResponseData> handle(
            RequestContext context, FindCoordinatorRequestData request) {
        boolean group = request.keyType() == GROUP;
        Errors error = group ? Errors.UNSUPPORTED_VERSION : Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
        String message = group
                ? "consumer groups are not served yet: assign partitions instead of subscribing"
                : "transactions are not served";
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
